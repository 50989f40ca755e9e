import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { MurmurError } from '../../errors.ts'

/** Turns text into something that only the holder of the key reads, and that nobody changes unnoticed. */
export interface Seal {
  seal(plain: string): string
  /** @throws {MurmurError} MUR_CONFIG_INVALID when the key is another one or the text was changed */
  open(sealed: string): string
}

const nonceBytes = 12
const tagBytes = 16
/** Fixed: the key's own entropy protects it, and the same key must open what an earlier process sealed. */
const salt = 'murmur.installations.v1'

/** AES-256-GCM under a key derived by scrypt from MURMUR_ENCRYPTION_KEY (any text of 16 characters or more). */
export function createSeal(secret: string): Seal {
  const key = scryptSync(secret, salt, 32)
  return {
    seal(plain) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')
    },
    open(sealed) {
      try {
        const bytes = Buffer.from(sealed, 'base64')
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
        decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
        return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw new MurmurError('MUR_CONFIG_INVALID', { problems: 'MURMUR_ENCRYPTION_KEY does not open the stored installation; set the key it was stored with, or install the app anew' }, { cause })
      }
    },
  }
}
