import type { Installation, InstallationQuery, InstallationStore } from '@slack/bolt'
import type { SealedInstallationStore } from '../../storage/installation-store.ts'
import type { Seal } from './seal.ts'

/** One row per team; an installation for a whole organisation stands under its enterprise id. */
const idOf = ({ isEnterpriseInstall, enterpriseId, teamId }: Pick<InstallationQuery<boolean>, 'isEnterpriseInstall' | 'enterpriseId' | 'teamId'>): string =>
  isEnterpriseInstall && enterpriseId ? `enterprise:${enterpriseId}` : `team:${teamId ?? 'none'}`

/** Bolt's store of installations over ours: everything in it, tokens included, is encrypted at rest. */
export function createInstallations(store: SealedInstallationStore, seal: Seal): Required<InstallationStore> {
  return {
    async storeInstallation(installation) {
      const id = idOf({
        isEnterpriseInstall: installation.isEnterpriseInstall ?? false,
        enterpriseId: installation.enterprise?.id,
        teamId: installation.team?.id,
      })
      await store.put(id, seal.seal(JSON.stringify(installation)))
    },

    async fetchInstallation(query) {
      const sealed = await store.find(idOf(query))
      if (sealed === undefined) throw new Error('This workspace has not installed the app; open /slack/install.')
      return JSON.parse(seal.open(sealed)) as Installation<'v1' | 'v2', boolean>
    },

    deleteInstallation: (query) => store.delete(idOf(query)),
  }
}
