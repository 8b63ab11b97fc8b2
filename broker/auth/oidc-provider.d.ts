/** The part of oidc-provider 9 that this room uses; the package ships no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Context {
    readonly req: IncomingMessage & { readonly ip?: string };
    readonly request: object;
    body: unknown;
    status: number;
    readonly oidc: {
      /** The name of the endpoint, such as `device_authorization`. */
      readonly route: string;
      /** The parameters that the endpoint knows. */
      readonly params?: Readonly<Record<string, string | undefined>>;
      /** All parameters of the posted form. */
      readonly body?: Readonly<Record<string, unknown>>;
      /** What the request has loaded so far. */
      readonly entities: { readonly RotatedRefreshToken?: RefreshToken };
    };
    get(header: string): string;
  }

  export interface AdapterPayload {
    jti?: string;
    grantId?: string;
    userCode?: string;
    consumed?: number;
    [claim: string]: unknown;
  }

  /** The library's contract for a store; one instance per model. Times are seconds. */
  export interface Adapter {
    upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void>;
    find(id: string): Promise<AdapterPayload | undefined>;
    findByUserCode(userCode: string): Promise<AdapterPayload | undefined>;
    findByUid(uid: string): Promise<AdapterPayload | undefined>;
    consume(id: string): Promise<void>;
    destroy(id: string): Promise<void>;
    revokeByGrantId(grantId: string): Promise<void>;
  }

  interface Model {
    readonly jti: string;
    readonly isExpired: boolean;
    save(): Promise<string>;
  }

  export interface DeviceCode extends Model {
    readonly clientId: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly deviceInfo: unknown;
    readonly consumed?: number;
    accountId?: string;
    grantId?: string;
    scope?: string;
    resource?: string;
    authTime?: number;
    error?: string;
    errorDescription?: string;
  }

  export interface Grant extends Model {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
  }

  export interface RefreshToken extends Model {
    /** When the first token of its line was issued, in seconds since 1970. */
    readonly iiat: number;
  }

  export interface Client {
    readonly clientId: string;
    grantTypeAllowed(grantType: string): boolean;
  }

  export type GrantHandler = (context: Context, next: () => Promise<void>) => Promise<void>;

  export class Provider {
    /** The request that is being served, wherever in its call tree one asks. */
    static readonly ctx: Context | undefined;
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    readonly DeviceCode: {
      find(value: string, options?: { ignoreExpiration?: boolean }): Promise<DeviceCode | undefined>;
      findByUserCode(userCode: string, options?: { ignoreExpiration?: boolean }): Promise<DeviceCode | undefined>;
    };
    readonly Grant: new (properties: {
      accountId: string;
      clientId: string;
    }) => Grant;
    registerGrantType(name: string, handler: GrantHandler, params?: Iterable<string>, dupes?: Iterable<string>): void;
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): this;
    on(event: 'server_error', listener: (context: Context, error: Error) => void): this;
    /** Koa's own event. */
    on(event: 'error', listener: (error: Error) => void): this;
    callback(): (req: IncomingMessage, res: ServerResponse) => Promise<void>;
  }

  class OAuthError extends Error {
    constructor(description?: string, detail?: string);
    allow_redirect?: boolean;
  }

  export const errors: {
    readonly InvalidRequest: typeof OAuthError;
    readonly InvalidGrant: typeof OAuthError;
    readonly InvalidTarget: typeof OAuthError;
    readonly SlowDown: typeof OAuthError;
  };
}
