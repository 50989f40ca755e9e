/** Capitals that a first question likes to ask for. */
const capitals: Readonly<Record<string, string>> = {
  australia: 'Canberra',
  austria: 'Vienna',
  belgium: 'Brussels',
  brazil: 'Brasília',
  canada: 'Ottawa',
  china: 'Beijing',
  denmark: 'Copenhagen',
  egypt: 'Cairo',
  finland: 'Helsinki',
  france: 'Paris',
  germany: 'Berlin',
  greece: 'Athens',
  india: 'New Delhi',
  ireland: 'Dublin',
  italy: 'Rome',
  japan: 'Tokyo',
  kenya: 'Nairobi',
  mexico: 'Mexico City',
  netherlands: 'Amsterdam',
  'new zealand': 'Wellington',
  norway: 'Oslo',
  poland: 'Warsaw',
  portugal: 'Lisbon',
  'south korea': 'Seoul',
  spain: 'Madrid',
  sweden: 'Stockholm',
  switzerland: 'Bern',
  turkey: 'Ankara',
  ukraine: 'Kyiv',
  'united kingdom': 'London',
  'united states': 'Washington, D.C.',
  usa: 'Washington, D.C.',
}

/** "The capital of Norway is **Oslo**", where a request asks for a capital that is known. */
export function capitalIn(asked: string): string | undefined {
  const country = /\bcapital (?:city )?of (?:the )?(\p{L}[\p{L} ]{2,30})/iu.exec(asked)?.[1]?.trim() ?? ''
  const capital = capitals[country.toLowerCase()]
  return capital === undefined ? undefined : `The capital of ${country} is **${capital}**.`
}
