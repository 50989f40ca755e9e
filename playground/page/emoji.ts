import { gemoji } from 'gemoji'

// Slack's names that differ from the common (GitHub) ones and that messages of a bot often use.
const slackNames: Readonly<Record<string, string>> = {
  thinking_face: 'thinking',
  robot_face: 'robot',
  face_with_monocle: 'monocle_face',
  hugging_face: 'hugs',
  simple_smile: 'slightly_smiling_face',
  white_frowning_face: 'frowning_face',
  face_with_rolling_eyes: 'roll_eyes',
  face_with_raised_eyebrow: 'raised_eyebrow',
  sleuth_or_spy: 'detective',
  'spock-hand': 'vulcan_salute',
  the_horns: 'metal',
  scales: 'balance_scale',
  knife: 'hocho',
  lower_left_ballpoint_pen: 'pen',
  lower_left_fountain_pen: 'fountain_pen',
  lower_left_paintbrush: 'paintbrush',
  lower_left_crayon: 'crayon',
  spiral_note_pad: 'spiral_notepad',
  spiral_calendar_pad: 'spiral_calendar',
  'flag-eu': 'eu',
  'flag-us': 'us',
  speaking_head_in_silhouette: 'speaking_head',
  sports_medal: 'medal_sports',
  medal: 'medal_military',
  first_place_medal: '1st_place_medal',
  second_place_medal: '2nd_place_medal',
  third_place_medal: '3rd_place_medal',
  rain_cloud: 'cloud_with_rain',
  lightning: 'cloud_with_lightning',
  thunder_cloud_and_rain: 'cloud_with_lightning_and_rain',
  mostly_sunny: 'sun_behind_small_cloud',
  partly_sunny_rain: 'sun_behind_rain_cloud',
  barely_sunny: 'sun_behind_large_cloud',
  octagonal_sign: 'stop_sign',
  double_vertical_bar: 'pause_button',
}

const byName = new Map(gemoji.flatMap((one) => one.names.map((name) => [name, one.emoji] as const)))

const skinTone = /::skin-tone-[2-6]$/

/**
 * Returns the character of an emoji given by its Slack name, with or without colons, or undefined when there is none.
 */
export function findEmoji(name: string): string | undefined {
  const bare = name.replace(/^:|:$/g, '').replace(skinTone, '')
  return (
    byName.get(bare)
    ?? byName.get(slackNames[bare] ?? '')
    ?? byName.get(bare.replaceAll('-', '_').replace(/^(fe)?male_/, personName))
  )
}

/** Returns up to `limit` emoji whose name starts with or contains the query; those that start with it come first. */
export function searchEmoji(
  query: string,
  limit: number,
): readonly { readonly name: string; readonly emoji: string }[] {
  const wanted = query.toLowerCase()
  const starts: { name: string; emoji: string }[] = []
  const contains: { name: string; emoji: string }[] = []
  for (const [name, emoji] of byName) {
    if (name === wanted) starts.unshift({ name, emoji })
    else if (name.startsWith(wanted)) starts.push({ name, emoji })
    else if (name.includes(wanted)) contains.push({ name, emoji })
  }
  return [...starts, ...contains].slice(0, limit)
}

// Slack writes female-technologist where others write woman_technologist.
function personName(prefix: string): string {
  return prefix === 'male_' ? 'man_' : 'woman_'
}
