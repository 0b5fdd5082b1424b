// Generated from specs/provider.openapi.yaml by `npm run generate`. Do not edit: change the spec and generate again.

/** @internal */
export interface paths {
    "/token/revocation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke an access token or a refresh token
         * @description Tells the provider not to honor a token any longer. Call it once for each token the user holds.
         *
         *     **Refresh token first, then the access token.** While a refresh token is active, it can obtain new access
         *     tokens. Revoking a refresh token should end the access tokens that came from it, but the standard leaves that to
         *     the provider, and the reverse is rarer. So revoke both, even if one of them fails. If the provider rotates
         *     refresh tokens, revoke the latest.
         *
         *     **What a 200 proves.** The provider accepted the request, and will not honor the token itself.
         *
         *     **What a 200 does not prove.**
         *
         *     - That the token was active. Unknown, expired and already revoked tokens also get a 200, by design.
         *     - That every API refuses the token now. An API that checks the signature of a JWT locally, without asking the
         *       provider, accepts it until its `exp`.
         *     - That the body contains no error; GenAuth can put one there.
         *
         *     For proof, introspect: active before and inactive after.
         *
         *     A success body carries no information worth keeping. It may be empty, a short text, or GenAuth's envelope.
         *     Some providers answer 204 instead of 200, which means the same.
         *
         *     An ID token is not a token in this sense and cannot be revoked.
         */
        post: operations["revokeToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/token/introspection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check whether a token is active
         * @description Returns the provider's current view of a token: `active`, and for an active token, what it was issued for.
         *
         *     **To verify a revocation**, introspect before and after. Inactive alone is weak evidence: a provider may also
         *     say `{"active": false}` to an application that is not allowed to introspect this token. Active before and
         *     inactive after is proof. Revocation can take a moment to reach every server of a provider, so repeat the
         *     introspection before you give up.
         *
         *     **An error is not "inactive".** A 401 means that the *application* failed to authenticate, and says nothing
         *     about the token. Only a body with a boolean `active` is a result.
         *
         *     Never cache the response when you use it to check a logout. Client authentication is chosen for this endpoint
         *     separately, and may differ from the one used for revocation.
         */
        post: operations["introspectToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the provider's metadata
         * @description Returns the addresses of the provider's endpoints and what each supports. No credentials are needed.
         *
         *     **Compare `issuer` with the issuer you asked for, character by character, before you use anything else.** If
         *     they differ, discard the document: someone else may have written it. At GenAuth the issuer is the
         *     authentication address with `/oidc`.
         *
         *     **Two places to look.** OpenID Connect appends this path to the issuer. RFC 8414 puts its own well-known
         *     path between host and path: for the issuer `https://id.example.com/tenant` that is
         *     `https://id.example.com/.well-known/oauth-authorization-server/tenant`. Try the second if the first returns 404.
         *
         *     Cache a good document for a limited time, but do not cache a failure. GenAuth documents this path for `oidc`; do
         *     not rely on it under `oauth`.
         */
        get: operations["discoverProvider"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * End the user's session in the browser
         * @description **Send the user's browser here; do not call it from a backend.** The session is a cookie that the browser holds
         *     for the provider, so a call without that cookie ends nothing. From a generated client, use only the URL of this
         *     operation.
         *
         *     Log the user out of your application and revoke the tokens *before* you redirect: the user may close the
         *     window, or answer no when the provider asks "do you want to log out?".
         *
         *     With a `post_logout_redirect_uri` that is registered for the application, the browser comes back there.
         *     GenAuth redirects only if `id_token_hint` is given as well. Percent-encode every value.
         *
         *     The URL holds an ID token, and with it personal data. Keep it out of logs, and send
         *     `Referrer-Policy: no-referrer` along with the redirect.
         */
        get: operations["endSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
/** @internal */
export type webhooks = Record<string, never>;
/** @internal */
export interface components {
    schemas: {
        /**
         * Token type hint
         * @description The two kinds of token that every provider knows.
         *
         *     - `access_token`: the application presents it to APIs.
         *     - `refresh_token`: the application exchanges it for new access tokens.
         * @enum {string}
         */
        TokenTypeHint: "access_token" | "refresh_token";
        /**
         * Revocation request
         * @description The form sent to the revocation endpoint. Only `token` is always needed; which of the other fields go along depends on the client authentication. Leave a field out rather than send it empty.
         */
        RevocationRequest: {
            /**
             * @description The access token or refresh token to revoke, exactly as the provider issued it. Not an ID token.
             * @example 2YotnFZFEjr1zCsicMWpAA
             */
            token: string;
            /** @description The type of the token, to help the provider find it faster. A wrong or unknown hint is harmless: the provider then searches all types. */
            token_type_hint?: components["schemas"]["TokenTypeHint"] | string;
            /**
             * @description The application's id. Send it with `client_secret_post`, with `none`, and if the provider requires it, with an assertion; leave it out with HTTP Basic.
             * @example s6BhdRkqt3
             */
            client_id?: string;
            /**
             * @description The application's secret. Send it with `client_secret_post` only, never from a browser or mobile app.
             * @example 7Fjfp0ZBr1KtDRbnfVdmIw
             */
            client_secret?: string;
            /**
             * @description A JWT signed by the application (RFC 7523), for `private_key_jwt` and `client_secret_jwt`. Its `iss` and `sub` are the application's id, its `aud` is the provider's issuer, it expires soon, and every attempt, retries included, has a new `jti`.
             * @example header.payload.signature
             */
            client_assertion?: string;
            /**
             * @description The format of `client_assertion`. For a JWT it is always `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
             * @example urn:ietf:params:oauth:client-assertion-type:jwt-bearer
             */
            client_assertion_type?: string;
        };
        /**
         * Introspection request
         * @description The form sent to the introspection endpoint. It carries credentials in the same way as a revocation request, with the method that is configured for this endpoint.
         */
        IntrospectionRequest: {
            /**
             * @description The access token or refresh token to introspect. ID tokens are not introspected; check their signature instead.
             * @example 2YotnFZFEjr1zCsicMWpAA
             */
            token: string;
            /** @description The type of the token, to help the provider find it faster. A wrong hint is harmless. */
            token_type_hint?: components["schemas"]["TokenTypeHint"] | string;
            /**
             * @description The application's id. Leave it out with HTTP Basic.
             * @example s6BhdRkqt3
             */
            client_id?: string;
            /**
             * @description The application's secret. Send it with `client_secret_post` only.
             * @example 7Fjfp0ZBr1KtDRbnfVdmIw
             */
            client_secret?: string;
            /**
             * @description A JWT signed by the application (RFC 7523), a new one for every attempt.
             * @example header.payload.signature
             */
            client_assertion?: string;
            /**
             * @description The format of `client_assertion`. For a JWT it is always `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
             * @example urn:ietf:params:oauth:client-assertion-type:jwt-bearer
             */
            client_assertion_type?: string;
            /**
             * @description GenAuth only. With `true`, a token whose user has been deleted or suspended is reported as inactive even though the token itself has not expired. In the form it is the text `true` or `false`.
             * @example true
             */
            strict?: boolean;
        };
        /**
         * Revocation answer
         * @description The possible JSON bodies of a 200 from the revocation endpoint. Look for the signs of an error first; a body without any is a success, whatever else it contains.
         */
        RevocationAnswer: components["schemas"]["RevocationEnvelope"] | components["schemas"]["ProviderError"];
        /**
         * GenAuth revocation envelope
         * @description GenAuth's wrapping of a result. It means success if `statusCode` is below 400 and `data.success` is not `false`.
         */
        RevocationEnvelope: {
            /**
             * @description GenAuth's own status, which can differ from the HTTP status. 200 is success.
             * @example 200
             */
            statusCode: number;
            /** @description GenAuth's finer code, seldom present on success. */
            apiCode?: number;
            /**
             * @description A text for people, possibly in Chinese. Do not make decisions with it.
             * @example 操作成功
             */
            message: string;
            /**
             * @description GenAuth's name for this call, for questions to its support.
             * @example 934108e5-9fbf-4d24-8da1-c330328abd6c
             */
            requestId?: string;
            /**
             * Revocation outcome
             * @description The outcome of the revocation.
             */
            data: {
                /**
                 * @description True if the token was revoked. With `false`, assume that the token is active, whatever the codes say.
                 * @example true
                 */
                success: boolean;
            };
        };
        /**
         * Introspection answer
         * @description The possible JSON bodies of a 200 from the introspection endpoint: the state of the token if `active` is a boolean, otherwise an error.
         */
        IntrospectionAnswer: components["schemas"]["IntrospectionResponse"] | components["schemas"]["ProviderError"];
        /**
         * Introspection response
         * @description The state of a token (RFC 7662, section 2.2). For an inactive token, `active` is the only member. Providers add other members; keep unknown ones.
         */
        IntrospectionResponse: {
            /**
             * @description True if the token can be used now: issued by this provider, not expired, not revoked. `false` may also mean that the calling application is not entitled to know.
             * @example true
             */
            active: boolean;
            /**
             * @description The permissions of the token, as names separated by spaces.
             * @example openid profile email
             */
            scope?: string;
            /**
             * @description The application the token was issued to.
             * @example s6BhdRkqt3
             */
            client_id?: string;
            /**
             * @description A name for the user that people can read. Not an identifier.
             * @example jane
             */
            username?: string;
            /**
             * @description How the token is presented to an API, normally `Bearer`. It does not distinguish access tokens from refresh tokens.
             * @example Bearer
             */
            token_type?: string;
            /**
             * Format: int64
             * @description When the token expires, in seconds since 1970-01-01T00:00:00Z.
             * @example 1601460494
             */
            exp?: number;
            /**
             * Format: int64
             * @description When the token was issued, in seconds since 1970-01-01T00:00:00Z.
             * @example 1601456894
             */
            iat?: number;
            /**
             * Format: int64
             * @description When the token begins to be valid, in seconds since 1970-01-01T00:00:00Z.
             * @example 1601456894
             */
            nbf?: number;
            /**
             * @description The user the token speaks for, by the provider's identifier.
             * @example 62f733a7148bd0028af1e541
             */
            sub?: string;
            /**
             * @description The audience of the token, one name or a list of names.
             * @example s6BhdRkqt3
             */
            aud?: string | string[];
            /**
             * @description The provider that issued the token.
             * @example https://example.genauth.ai/oidc
             */
            iss?: string;
            /**
             * @description The identifier of the token. Safe to log, unlike the token.
             * @example K5TYewNhvdGBdHiRifMyW
             */
            jti?: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * Provider error
         * @description Any of the error bodies that providers are known to send. Distinguish them by the member that is present: `error`, `statusCode` or `code`.
         */
        ProviderError: components["schemas"]["OAuthError"] | components["schemas"]["GenAuthError"] | components["schemas"]["LegacyError"];
        /**
         * OAuth error
         * @description The error body of the OAuth standards (RFC 6749, section 5.2).
         */
        OAuthError: {
            /**
             * @description A code to make decisions with. There are others:
             *
             *     - `invalid_request`: something is missing, doubled or malformed.
             *     - `invalid_client`: the application failed to authenticate; handle it like a 401, whatever the status.
             *     - `unauthorized_client`: the application may not use this endpoint.
             *     - `invalid_grant`: the token belongs to another application.
             *     - `unsupported_token_type`: this kind of token cannot be revoked here.
             *     - `temporarily_unavailable`, `server_error`: try again later.
             * @example invalid_client
             */
            error: string;
            /**
             * @description A text for developers. It may repeat what you sent, secrets included, so mask it before you log it.
             * @example client authentication failed
             */
            error_description?: string;
            /**
             * Format: uri-reference
             * @description A page about the error.
             * @example https://id.example.com/errors/invalid_client
             */
            error_uri?: string;
        };
        /**
         * GenAuth error envelope
         * @description GenAuth's error body. **It also arrives with HTTP status 200**: then treat `statusCode` as the status, 429 and 5xx included.
         */
        GenAuthError: {
            /**
             * @description The real status of the call, to be read like an HTTP status.
             * @example 403
             */
            statusCode: number;
            /**
             * @description GenAuth's detailed code for the error.
             * @example 2333
             */
            apiCode?: number;
            /**
             * @description A text for people, possibly in Chinese. Do not make decisions with it; mask it before you log it.
             * @example Access denied
             */
            message: string;
            /**
             * @description GenAuth's name for this call, for questions to its support.
             * @example 934108e5-9fbf-4d24-8da1-c330328abd6c
             */
            requestId?: string;
        };
        /**
         * Legacy GenAuth error
         * @description An older error body of GenAuth, which may also arrive with HTTP status 200.
         */
        LegacyError: {
            /**
             * @description The real status of the call, to be read like an HTTP status.
             * @example 400
             */
            code: number;
            /**
             * @description A text for people, possibly in Chinese. Do not make decisions with it; mask it before you log it.
             * @example Invalid parameter
             */
            message: string;
        };
        /**
         * Provider metadata
         * @description A provider's metadata (RFC 8414 and OpenID Connect Discovery). Only `issuer` is always present; a logout client uses that, the revocation, introspection and end session members, and `mtls_endpoint_aliases`. Ignore unknown members, do not refuse them.
         */
        ProviderMetadata: {
            /**
             * Format: uri
             * @description The provider's name for itself. It must equal the issuer you asked for; if not, use nothing from this document.
             * @example https://example.genauth.ai/oidc
             */
            issuer: string;
            /**
             * Format: uri
             * @description The address for revocations. If it is missing, the provider cannot revoke.
             * @example https://example.genauth.ai/oidc/token/revocation
             */
            revocation_endpoint?: string;
            /**
             * @description The client authentication methods the revocation endpoint takes. If missing: `client_secret_basic`. Names that occur: `client_secret_basic`, `client_secret_post`, `client_secret_jwt`, `private_key_jwt`, `tls_client_auth`, `self_signed_tls_client_auth`, `none`.
             * @example [
             *       "client_secret_post",
             *       "client_secret_basic",
             *       "none"
             *     ]
             */
            revocation_endpoint_auth_methods_supported?: string[];
            /**
             * @description The signature algorithms the revocation endpoint takes in a `client_assertion`. Present whenever `private_key_jwt` or `client_secret_jwt` is offered.
             * @example [
             *       "PS256",
             *       "ES256"
             *     ]
             */
            revocation_endpoint_auth_signing_alg_values_supported?: string[];
            /**
             * Format: uri
             * @description The address for introspection. If it is missing, a revocation cannot be verified.
             * @example https://example.genauth.ai/oidc/token/introspection
             */
            introspection_endpoint?: string;
            /**
             * @description The client authentication methods the introspection endpoint takes. It can differ from the list for revocation, and can name `Bearer` for callers that present their own access token.
             * @example [
             *       "client_secret_post",
             *       "client_secret_basic",
             *       "none"
             *     ]
             */
            introspection_endpoint_auth_methods_supported?: string[];
            /**
             * @description The signature algorithms the introspection endpoint takes in a `client_assertion`.
             * @example [
             *       "PS256",
             *       "ES256"
             *     ]
             */
            introspection_endpoint_auth_signing_alg_values_supported?: string[];
            /**
             * Format: uri
             * @description The address that ends the provider's session in the browser.
             * @example https://example.genauth.ai/oidc/session/end
             */
            end_session_endpoint?: string;
            /** @description True if the provider notifies other applications of a logout through the browser. If missing: false. */
            frontchannel_logout_supported?: boolean;
            /** @description True if such a notice names the issuer and the session. If missing: false. */
            frontchannel_logout_session_supported?: boolean;
            /** @description True if the provider notifies other applications of a logout directly, with a logout token. If missing: false. */
            backchannel_logout_supported?: boolean;
            /** @description True if such a logout token can name the session. If missing: false. */
            backchannel_logout_session_supported?: boolean;
            /**
             * Endpoints for mutual TLS
             * @description Other addresses for the same endpoints (RFC 8705, section 5). A client that authenticates with a certificate uses the alias if there is one, and the ordinary address otherwise. Ignore unknown members.
             */
            mtls_endpoint_aliases?: {
                /**
                 * Format: uri
                 * @description The token endpoint for mutual TLS.
                 * @example https://mtls.id.example.com/tenant/token
                 */
                token_endpoint?: string;
                /**
                 * Format: uri
                 * @description The revocation endpoint for mutual TLS.
                 * @example https://mtls.id.example.com/tenant/revoke
                 */
                revocation_endpoint?: string;
                /**
                 * Format: uri
                 * @description The introspection endpoint for mutual TLS.
                 * @example https://mtls.id.example.com/tenant/introspect
                 */
                introspection_endpoint?: string;
                /**
                 * Format: uri
                 * @description The user info endpoint for mutual TLS.
                 * @example https://mtls.id.example.com/tenant/me
                 */
                userinfo_endpoint?: string;
            };
            /** @description True if access tokens can be bound to the client's certificate. If missing: false. */
            tls_client_certificate_bound_access_tokens?: boolean;
            /**
             * Format: uri
             * @description The address where users log in, in the browser.
             * @example https://example.genauth.ai/oidc/auth
             */
            authorization_endpoint?: string;
            /**
             * Format: uri
             * @description The address where codes and refresh tokens are exchanged for tokens.
             * @example https://example.genauth.ai/oidc/token
             */
            token_endpoint?: string;
            /**
             * @description The client authentication methods the token endpoint takes. If missing: `client_secret_basic`. Do not use this list for revocation or introspection.
             * @example [
             *       "client_secret_post",
             *       "client_secret_basic",
             *       "none"
             *     ]
             */
            token_endpoint_auth_methods_supported?: string[];
            /**
             * @description The signature algorithms the token endpoint takes in a `client_assertion`.
             * @example [
             *       "RS256"
             *     ]
             */
            token_endpoint_auth_signing_alg_values_supported?: string[];
            /**
             * Format: uri
             * @description The address where an application gets the user's claims with an access token. You can see the effect of a revocation there.
             * @example https://example.genauth.ai/oidc/me
             */
            userinfo_endpoint?: string;
            /**
             * Format: uri
             * @description The keys the provider signs with.
             * @example https://example.genauth.ai/oidc/.well-known/jwks.json
             */
            jwks_uri?: string;
            /**
             * Format: uri
             * @description The address where applications register themselves.
             * @example https://id.example.com/register
             */
            registration_endpoint?: string;
            /**
             * @description The scopes the provider knows, or some of them.
             * @example [
             *       "openid",
             *       "offline_access",
             *       "profile"
             *     ]
             */
            scopes_supported?: string[];
            /**
             * @description The response types the authorization endpoint takes.
             * @example [
             *       "code",
             *       "code id_token"
             *     ]
             */
            response_types_supported?: string[];
            /**
             * @description The ways in which the authorization endpoint can respond.
             * @example [
             *       "query",
             *       "fragment",
             *       "form_post"
             *     ]
             */
            response_modes_supported?: string[];
            /**
             * @description The grants the token endpoint takes. If missing: `authorization_code` and `implicit`.
             * @example [
             *       "authorization_code",
             *       "refresh_token"
             *     ]
             */
            grant_types_supported?: string[];
            /**
             * @description The PKCE methods the provider knows. If missing, it does not support PKCE.
             * @example [
             *       "S256"
             *     ]
             */
            code_challenge_methods_supported?: string[];
            /**
             * @description The authentication context classes the provider knows.
             * @example [
             *       "urn:mace:incommon:iap:silver"
             *     ]
             */
            acr_values_supported?: string[];
            /**
             * @description How users are identified to applications: `public`, `pairwise`, or both.
             * @example [
             *       "public"
             *     ]
             */
            subject_types_supported?: string[];
            /**
             * @description The signature algorithms for ID tokens.
             * @example [
             *       "HS256",
             *       "RS256"
             *     ]
             */
            id_token_signing_alg_values_supported?: string[];
            /**
             * @description The key encryption algorithms for ID tokens.
             * @example [
             *       "RSA-OAEP"
             *     ]
             */
            id_token_encryption_alg_values_supported?: string[];
            /**
             * @description The content encryption algorithms for ID tokens.
             * @example [
             *       "A256GCM"
             *     ]
             */
            id_token_encryption_enc_values_supported?: string[];
            /**
             * @description The signature algorithms for user info responses.
             * @example [
             *       "HS256",
             *       "RS256"
             *     ]
             */
            userinfo_signing_alg_values_supported?: string[];
            /**
             * @description The key encryption algorithms for user info responses.
             * @example [
             *       "RSA-OAEP"
             *     ]
             */
            userinfo_encryption_alg_values_supported?: string[];
            /**
             * @description The content encryption algorithms for user info responses.
             * @example [
             *       "A256GCM"
             *     ]
             */
            userinfo_encryption_enc_values_supported?: string[];
            /**
             * @description The signature algorithms for request objects.
             * @example [
             *       "RS256"
             *     ]
             */
            request_object_signing_alg_values_supported?: string[];
            /**
             * @description The kinds of user interface that an application can request.
             * @example [
             *       "page"
             *     ]
             */
            display_values_supported?: string[];
            /**
             * @description The kinds of claim. If missing: `normal`.
             * @example [
             *       "normal"
             *     ]
             */
            claim_types_supported?: string[];
            /**
             * @description The claims the provider may know about a user.
             * @example [
             *       "sub",
             *       "name",
             *       "email"
             *     ]
             */
            claims_supported?: string[];
            /**
             * @description The languages in which claims are available.
             * @example [
             *       "en",
             *       "zh-CN"
             *     ]
             */
            claims_locales_supported?: string[];
            /**
             * @description The languages of the provider's pages.
             * @example [
             *       "en",
             *       "zh-CN"
             *     ]
             */
            ui_locales_supported?: string[];
            /** @description True if individual claims can be requested. If missing: false. */
            claims_parameter_supported?: boolean;
            /** @description True if a request object can be passed by value. If missing: false. */
            request_parameter_supported?: boolean;
            /** @description True if a request object can be passed by reference. If missing: true. */
            request_uri_parameter_supported?: boolean;
            /** @description True if such references must be registered beforehand. If missing: false. */
            require_request_uri_registration?: boolean;
            /**
             * Format: uri
             * @description A page for developers.
             * @example https://id.example.com/docs
             */
            service_documentation?: string;
            /**
             * Format: uri
             * @description The provider's rules for what applications may do with user data.
             * @example https://id.example.com/policy
             */
            op_policy_uri?: string;
            /**
             * Format: uri
             * @description The provider's terms of service.
             * @example https://id.example.com/terms
             */
            op_tos_uri?: string;
            /**
             * @description The same metadata as a JWT signed by its issuer (RFC 8414, section 2.1).
             * @example header.payload.signature
             */
            signed_metadata?: string;
        } & {
            [key: string]: unknown;
        };
    };
    responses: {
        /**
         * @description The provider accepted the revocation, or (GenAuth) reports an error in the body although the status is 200.
         *     Success is an empty body, a short text, or JSON without signs of a failure. Failure is JSON with any
         *     of: `error`, a `statusCode` or `code` of 400 or more, `data.success` equal to `false`.
         *
         *     GenAuth's own documents disagree on the success body, so accept both. Do not depend on `Content-Type`: it
         *     can be missing or wrong.
         */
        RevocationAccepted: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RevocationAnswer"];
                "text/plain": string;
            };
        };
        /**
         * @description The provider's view of the token, or (GenAuth) an error although the status is 200. It is a result only if
         *     `active` is present and is a boolean.
         */
        TokenState: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["IntrospectionAnswer"];
            };
        };
        /** @description The metadata. Check `issuer` first. Absent members have defaults; see each member. */
        Metadata: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ProviderMetadata"];
            };
        };
        /** @description No metadata here. Try the well-known path of RFC 8414, then check the issuer for typing errors. Ignore the body, which is often HTML. */
        MetadataNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ProviderError"];
                "text/html": string;
            };
        };
        /** @description A page that says the session is over, or one that asks the user to confirm it. Shown if there is no address to redirect to. */
        LogoutPage: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "text/html": string;
            };
        };
        /** @description The browser is redirected, usually because the session has ended. This is not proof, and the provider does not notify your backend; therefore, end your own session first. */
        LogoutRedirect: {
            headers: {
                Location: components["headers"]["Location"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The session stays. Most often the redirect is not registered, the ID token is missing or was issued to another application, or it does not match `client_id`. A browser gets a page; a client that accepts only JSON gets an error. */
        LogoutRefused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ProviderError"];
                "text/html": string;
            };
        };
        /**
         * @description The request cannot be served, and the same request will fail again. Assume that the token is active.
         *
         *     Reasons: `token` is missing or empty; two credentials were sent; the token belongs to another application;
         *     the provider cannot revoke this kind of token (`unsupported_token_type`). Some servers report failed client
         *     authentication with 400 and `invalid_client`: treat it like a 401.
         */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ProviderError"];
            };
        };
        /**
         * @description The *application* failed to authenticate. This says nothing about the token: assume that it is active.
         *
         *     The reason may be in the JSON body, in `WWW-Authenticate`, in both, or nowhere: an empty 401 is common.
         *     Usual causes are a wrong secret, a method other than the one configured for this endpoint, or an id and
         *     secret that were not form-encoded before HTTP Basic.
         */
        Unauthorized: {
            headers: {
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ProviderError"];
            };
        };
        /** @description The provider is throttling. Nothing was revoked; assume that the token is active. Repeat the same request once `Retry-After` has passed. GenAuth may report throttling in the body of a 200 instead. */
        TooManyRequests: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ProviderError"];
            };
        };
        /** @description The provider is unavailable. RFC 7009 is explicit here: the token still exists, so repeat the request once `Retry-After` has passed. Treat 500, 502 and 504 likewise; their bodies often come from a proxy and are HTML or empty. */
        ServiceUnavailable: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ProviderError"];
            };
        };
    };
    parameters: {
        /** @description The ID token the user logged in with. It shows that the request comes from an application that the user has used, so that the provider need not ask for confirmation. It may have expired. Required by GenAuth as soon as `post_logout_redirect_uri` is sent. */
        IdTokenHint: string;
        /** @description The address that the browser goes to afterward. It must equal one of the logout callback URLs registered for the application, character by character. Never build it from user input. */
        PostLogoutRedirectUri: string;
        /** @description A random value that the redirect returns. Keep it in the user's local session and compare, to distinguish your own logout from one that someone else started. */
        State: string;
        /** @description The application's id. Required if there is no `id_token_hint`; when both are sent, the ID token must have been issued to this application. */
        ClientId: string;
    };
    requestBodies: never;
    headers: {
        /** @description The authentication that the server requires. Servers send it when HTTP Basic was tried, and some put the error code only here, as `error="…"`, with an empty body. Read it as well as the body. */
        "WWW-Authenticate": string;
        /** @description The wait before the next attempt: either a number of seconds or an HTTP date. It may be missing. If the wait does not fit into your own deadline, fail now and report it; do not call early. */
        "Retry-After": string;
        /** @description The address that the browser goes to next: the `post_logout_redirect_uri`, with `state` added to its query if one was sent. */
        Location: string;
    };
    pathItems: never;
}
/** @internal */
export type $defs = Record<string, never>;
/** @internal */
export interface operations {
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The token and, unless HTTP Basic is used, the application's credentials. Encode every value as a form value: tokens and secrets may contain `+`, `/`, `=`, `%` and `&`. */
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["RevocationRequest"];
            };
        };
        responses: {
            200: components["responses"]["RevocationAccepted"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    introspectToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The token and, unless HTTP Basic is used, the application's credentials. Encode every value as a form value. */
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["IntrospectionRequest"];
            };
        };
        responses: {
            200: components["responses"]["TokenState"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    discoverProvider: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Metadata"];
            404: components["responses"]["MetadataNotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    endSession: {
        parameters: {
            query?: {
                /** @description The ID token the user logged in with. It shows that the request comes from an application that the user has used, so that the provider need not ask for confirmation. It may have expired. Required by GenAuth as soon as `post_logout_redirect_uri` is sent. */
                id_token_hint?: components["parameters"]["IdTokenHint"];
                /** @description The address that the browser goes to afterward. It must equal one of the logout callback URLs registered for the application, character by character. Never build it from user input. */
                post_logout_redirect_uri?: components["parameters"]["PostLogoutRedirectUri"];
                /** @description A random value that the redirect returns. Keep it in the user's local session and compare, to distinguish your own logout from one that someone else started. */
                state?: components["parameters"]["State"];
                /** @description The application's id. Required if there is no `id_token_hint`; when both are sent, the ID token must have been issued to this application. */
                client_id?: components["parameters"]["ClientId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["LogoutPage"];
            302: components["responses"]["LogoutRedirect"];
            400: components["responses"]["LogoutRefused"];
        };
    };
}
