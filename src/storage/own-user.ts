/** Whom the runs of studies are counted for: no person has such an id. */
export const ownUserId = 'murmur'
