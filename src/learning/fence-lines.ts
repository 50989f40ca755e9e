/** Lines as they are, in a fence that none of them can end. */
export const fenceLines = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['```', ...lines.map((line) => line.replaceAll('`', "'")), '```'])
