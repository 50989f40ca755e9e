import { renderContextActions } from './context-actions.ts'
import { renderAlert } from './alert.ts'
import { renderActions, renderContext, renderDivider, renderHeader, renderSection } from './text-blocks.ts'
import { renderCard, renderCarousel } from './cards.ts'
import { renderContainer } from './container.ts'
import { renderDataTable } from './data-table.ts'
import { renderInput } from './input-block.ts'
import { renderFile, renderImage, renderVideo } from './media-blocks.ts'
import { renderPlan, renderTaskCard } from './plan.ts'
import { renderTable } from './table.ts'
import type { RenderContext } from '../elements/render-context.ts'
import { make } from '../make.ts'
import { readText, type Json } from '../read-json.ts'
import { renderMarkdown } from '../render-markdown.ts'
import { renderRichText } from '../render-rich-text.ts'

type BlockRenderer = (block: Json, context: RenderContext, blockId: string) => HTMLElement

// A map, because a message may name its block `constructor`.
const renderers = new Map<string, BlockRenderer>(
  Object.entries({
    actions: renderActions,
    alert: renderAlert,
    card: renderCard,
    carousel: renderCarousel,
    context: renderContext,
    container: (block, context, blockId) => renderContainer(block, context, blockId, renderBlocks),
    context_actions: renderContextActions,
    data_table: renderDataTable,
    divider: renderDivider,
    file: renderFile,
    header: renderHeader,
    image: renderImage,
    input: renderInput,
    markdown: (block, context) =>
      make('div', { class: 'markdown' }, renderMarkdown(readText(block['text']), context.directory)),
    plan: renderPlan,
    rich_text: (block, context) => renderRichText(block, context.directory),
    section: renderSection,
    table: renderTable,
    task_card: renderTaskCard,
    video: renderVideo,
  } satisfies Record<string, BlockRenderer>),
)

const maxBlocks = 100

/** Renders a list of Block Kit blocks. A malformed or unknown block never throws: it is named in its place. */
export function renderBlocks(blocks: readonly Json[], context: RenderContext): HTMLElement {
  const root = make('div', { class: 'blocks' })
  blocks.slice(0, maxBlocks).forEach((block, index) => {
    const type = readText(block['type'])
    const blockId = readText(block['block_id']) || `block-${index}`
    root.append(
      make(
        'div',
        { class: `block block-${type.replace(/\W/g, '')}`, 'data-block-id': blockId, 'data-block-type': type },
        renderers.get(type)?.(block, context, blockId) ?? renderUnknown(type),
      ),
    )
  })
  return root
}

function renderUnknown(type: string): HTMLElement {
  return make('p', { class: 'unknown-block' }, `This page cannot show a block of type "${type}".`)
}
