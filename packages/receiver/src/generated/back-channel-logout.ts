// Generated from specs/back-channel-logout.openapi.yaml by `npm run generate`. Do not edit: change the spec and generate again.

/** @internal */
export interface paths {
    "/backchannel-logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report that a user has logged out
         * @description The application chooses the path; `/backchannel-logout` is a placeholder. The request comes from the provider's
         *     server, without cookies. It is authenticated by the signature of its token alone.
         */
        post: operations["reportLogout"];
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
         * Logout report
         * @description The form that the provider sends.
         */
        LogoutReport: {
            /**
             * @description The logout token, as a compact JWS or JWE.
             * @example eyJhbGciOiJSUzI1NiIsInR5cCI6ImxvZ291dCtqd3QifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIn0.c2ln
             */
            logout_token: string;
        };
        /**
         * Logout token claims
         * @description The claims of a logout token (§2.4). Claims that are not described here are ignored.
         */
        LogoutTokenClaims: {
            /**
             * @description The provider.
             * @example https://id.example.com
             */
            iss: string;
            /**
             * @description The application, or a list that contains only the application.
             * @example s6BhdRkqt3
             */
            aud: string | string[];
            /**
             * @description The time of the logout, in seconds since 1970.
             * @example 1795679550
             */
            iat: number;
            /**
             * @description The latest time of delivery, in seconds since 1970; two minutes after `iat` is usual.
             * @example 1795679670
             */
            exp: number;
            /**
             * @description Identifies this token, so that receivers notice a second delivery.
             * @example bWJq
             */
            jti: string;
            /**
             * @description The user.
             * @example 248289761001
             */
            sub?: string;
            /**
             * @description The session, as in the `sid` claim of the ID token.
             * @example 08a5019c-17e1-4977-8f42-65a12843ea02
             */
            sid?: string;
            /**
             * @description Declares that this is a logout token.
             * @example {
             *       "http://schemas.openid.net/event/backchannel-logout": {}
             *     }
             */
            events: {
                /** @description The event. The object should be empty. */
                "http://schemas.openid.net/event/backchannel-logout": Record<string, never>;
            };
            /** @description Must be absent, so that logout tokens and ID tokens cannot be confused. */
            nonce?: unknown;
        } | unknown | unknown;
        /**
         * Logout problem
         * @description The reason why there was no logout (§2.8).
         */
        LogoutProblem: {
            /**
             * @description `invalid_request`: the request or its token is not acceptable. `temporarily_unavailable`: another delivery can succeed.
             * @example invalid_request
             * @enum {string}
             */
            error: "invalid_request" | "temporarily_unavailable";
            /**
             * @description A fixed text for each `error`.
             * @example This is not an acceptable logout token.
             */
            error_description?: string;
        };
    };
    responses: {
        /** @description The sessions that the token names have ended. There is no body. */
        LoggedOut: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description Nothing was ended. Delivering the same token again does not help. */
        Refused: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["LogoutProblem"];
            };
        };
        /** @description Logouts are reported with POST. */
        MethodNotAllowed: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                Allow: components["headers"]["Allow"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["LogoutProblem"];
            };
        };
        /** @description The logout is not complete. Deliver the token again while it is valid. */
        Unavailable: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["LogoutProblem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description Always `no-store` (§2.8). */
        "Cache-Control": "no-store";
        /** @description Always `POST`. */
        Allow: "POST";
        /** @description The number of seconds to wait before the next delivery. */
        "Retry-After": string;
    };
    pathItems: never;
}
/** @internal */
export type $defs = Record<string, never>;
/** @internal */
export interface operations {
    reportLogout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The logout token. Other parameters are ignored (§2.5). */
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["LogoutReport"];
            };
        };
        responses: {
            200: components["responses"]["LoggedOut"];
            400: components["responses"]["Refused"];
            405: components["responses"]["MethodNotAllowed"];
            503: components["responses"]["Unavailable"];
        };
    };
}
