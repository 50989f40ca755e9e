/** What a token may do. */
export interface TokenGrant {
  readonly token: string
  readonly kind: 'bot' | 'app' | 'user'
  readonly userId: string
  readonly scopes: ReadonlySet<string>
}

/** Tokens that are valid now. Scopes are shared by all bot tokens, as they belong to the installed app. */
export class TokenBook {
  readonly #grants = new Map<string, TokenGrant>()
  readonly #botUserId: string
  readonly #botScopes: Set<string>
  #issued = 1

  constructor(botUserId: string, botToken: string, appToken: string, scopes: readonly string[]) {
    this.#botUserId = botUserId
    this.#botScopes = new Set(scopes)
    this.#addBot(botToken)
    this.#grants.set(appToken, {
      token: appToken,
      kind: 'app',
      userId: botUserId,
      scopes: new Set(['connections:write']),
    })
  }

  find(token: string): TokenGrant | undefined {
    return this.#grants.get(token)
  }

  /** A further bot token, as an installation over OAuth hands out. */
  issueBotToken(): TokenGrant {
    this.#issued += 1
    return this.#addBot(`xoxb-playground-${String(this.#issued).padStart(4, '0')}`)
  }

  revoke(token: string): boolean {
    return this.#grants.delete(token)
  }

  grantScope(scope: string): void {
    this.#botScopes.add(scope)
  }

  revokeScope(scope: string): void {
    this.#botScopes.delete(scope)
  }

  get botScopes(): readonly string[] {
    return [...this.#botScopes]
  }

  #addBot(token: string): TokenGrant {
    const grant: TokenGrant = { token, kind: 'bot', userId: this.#botUserId, scopes: this.#botScopes }
    this.#grants.set(token, grant)
    return grant
  }
}
