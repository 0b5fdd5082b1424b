// Generated from specs/logout-proxy.openapi.yaml by `npm run generate`. Do not edit: change the spec and generate again.

/** @internal */
export interface paths {
    "/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log the user out
         * @description Revokes the user's tokens at the provider, refresh token first, and ends the local session. The application
         *     chooses the path; `/logout` is a placeholder.
         *
         *     **From a page**, send it with `fetch` in mode `same-origin`, with `keepalive`, so that it arrives even when
         *     the tab is closed immediately. The browser adds `Origin`, `Sec-Fetch-Site` and the cookies. Set a referrer policy
         *     other than `no-referrer`: under that policy browsers send `Origin: null`.
         *
         *     **Without a browser**, send `Origin` yourself, with the application's own origin.
         */
        post: operations["logOut"];
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
         * Logout request
         * @description The data that the page adds. Other members are refused: a misspelled one would leave a token active without anyone noticing.
         */
        LogoutRequest: {
            /**
             * @description The token to revoke, if the page holds it: an access token or a refresh token, not an ID token. Only for a backend that keeps no session.
             * @example 2YotnFZFEjr1zCsicMWpAA
             */
            token?: string;
            /**
             * @description The type of the token. Without it, the backend assumes an access token.
             * @example refresh_token
             * @enum {string}
             */
            token_type_hint?: "access_token" | "refresh_token";
            /**
             * @description The user's ID token, for `logout_url`, if the page holds it. The one in the backend's session takes precedence.
             * @example header.payload.signature
             */
            id_token_hint?: string;
            /**
             * @description The address that the provider sends the user to after `logout_url`: an absolute URL, or a path of the application. The backend compares it with its own list, as a whole.
             * @example https://app.example.com/goodbye
             */
            return_to?: string;
            /**
             * @description A value that the provider returns to `return_to` unchanged.
             * @example af0ifjsldkj
             */
            state?: string;
        };
        /**
         * Logout answer
         * @description The outcome of the logout. Later versions may add members.
         */
        LogoutAnswer: {
            status: components["schemas"]["LogoutStatus"];
            /**
             * Format: uri
             * @description The URL that also ends the provider's session in the browser (single sign-out). Missing if the provider has no such page, or the ID token is not known. It contains the ID token: do not log it.
             * @example https://id.example.com/session/end?id_token_hint=header.payload.signature
             */
            logout_url?: string;
            logout_form?: components["schemas"]["LogoutForm"];
            /**
             * @description The reason why there is no `logout_url`, if the request asked for one or the ID token is known: `endpoint_missing` if the provider has no such page, `invalid_argument` if the provider requires an ID token, and other error codes of the backend's client.
             * @example endpoint_missing
             */
            logout_url_error?: string;
            /**
             * @description True if all services that follow the backend's revocation list refuse the access tokens of this login from now on, whatever `status` says about the provider. Missing if the backend keeps no such list.
             * @example true
             */
            refused_by_services?: boolean;
        };
        /**
         * Logout form
         * @description The same as `logout_url`, as a form that the browser posts (OpenID Connect RP-Initiated Logout §2). Present only if the URL is longer than servers accept. It contains the ID token: do not log it.
         */
        LogoutForm: {
            /**
             * Format: uri
             * @description The address to post it to.
             * @example https://id.example.com/session/end
             */
            action: string;
            /**
             * @description The values of its fields, by name.
             * @example {
             *       "id_token_hint": "header.payload.signature",
             *       "client_id": "app"
             *     }
             */
            fields: {
                [key: string]: string;
            };
        };
        /**
         * Logout status
         * @description The outcome for the tokens at the provider. The local session has ended in any case.
         *
         *     - `logged_out`: all revoked, or the session contained none.
         *     - `no_session`: nothing was revoked, because there was no session.
         *     - `queued`: not yet all revoked; the backend keeps trying, also after a restart.
         *     - `local_only`: not all revoked, and nothing retries. They stay active until they expire.
         * @example logged_out
         * @enum {string}
         */
        LogoutStatus: "logged_out" | "no_session" | "queued" | "local_only";
        /**
         * Problem details
         * @description The reason why the request was refused, as problem details of RFC 9457. Decide by `code`; `detail` is for people.
         */
        Problem: {
            /**
             * Format: uri
             * @description Always `about:blank`, the type of the status; `code` is more precise.
             * @constant
             */
            type: "about:blank";
            /**
             * @description The name of the HTTP status.
             * @example Forbidden
             */
            title: string;
            /**
             * @description The HTTP status, repeated.
             * @example 403
             */
            status: number;
            code: components["schemas"]["ProblemCode"];
            /**
             * @description The problem, in a sentence, without anything from the request.
             * @example Origin is not the origin of this application.
             */
            detail: string;
        };
        /**
         * Problem code
         * @description - `malformed_request` (400): the request target and `Host` do not make a valid URL.
         *     - `method_not_allowed` (405): not a `POST`.
         *     - `prefetch` (403): the browser fetches ahead.
         *     - `header_missing` (403): no `X-Logout-Request`.
         *     - `foreign_origin` (403): `Origin` is missing or another.
         *     - `cross_site` (403): `Sec-Fetch-Site` is not `same-origin`.
         *     - `too_many_requests` (429): the caller must wait.
         *     - `unsupported_media_type` (415): a body that is not plain JSON.
         *     - `body_too_large` (413): a body beyond the limit.
         *     - `incomplete_body` (400): a body that broke off or was too slow.
         *     - `malformed_body` (400): not JSON, or not the members described here.
         *     - `token_required` (400): the backend keeps no session, and the body has no token.
         *     - `token_not_accepted` (400): the backend keeps sessions, and the body has a token.
         *     - `return_to_not_allowed` (400): a return address that is not on the backend's list.
         *     - `session_not_ended` (500): the backend's own storage failed.
         *     - `internal_error` (500): anything else failed in the backend, unexpectedly.
         * @example foreign_origin
         * @enum {string}
         */
        ProblemCode: "malformed_request" | "method_not_allowed" | "prefetch" | "header_missing" | "foreign_origin" | "csrf_mismatch" | "cross_site" | "too_many_requests" | "unsupported_media_type" | "body_too_large" | "incomplete_body" | "malformed_body" | "token_required" | "token_not_accepted" | "return_to_not_allowed" | "session_not_ended" | "internal_error";
    };
    responses: {
        /**
         * @description The local session has ended. `status` reports the outcome for the tokens at the provider:
         *
         *     - `logged_out`: all of them are revoked, or the session contained none.
         *     - `no_session`: nothing was revoked, because the backend found no session: the user was already logged out, the
         *       session has expired, or the backend cannot parse the cookie. Only in the last case do tokens stay active, and
         *       the backend's own log reports it.
         *     - `queued`: some are not revoked yet; the backend has stored them durably and keeps trying.
         *     - `local_only`: some may stay active until they expire. A user who is worried can change the password.
         */
        LoggedOut: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                "Set-Cookie": components["headers"]["Set-Cookie"];
                "Clear-Site-Data": components["headers"]["Clear-Site-Data"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["LogoutAnswer"];
            };
        };
        /** @description The body, or something in it, is not as described. Nothing has changed. */
        BadRequest: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request does not come from a page of the application. Nothing has changed. */
        Forbidden: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Logging out changes state, so only `POST` is allowed. Nothing has changed. */
        MethodNotAllowed: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                Allow: components["headers"]["Allow"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is larger than the backend reads. Nothing has changed. */
        ContentTooLarge: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not JSON, is compressed, or does not say what it is. Nothing has changed. */
        UnsupportedMediaType: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The caller must wait. Nothing has changed. */
        TooManyRequests: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The local session could not be ended, because the backend's own storage or another part of it failed. The
         *     tokens may be revoked anyway. Assume that the user is still logged in here, and try again.
         */
        InternalServerError: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description Shows that a script of the application sent the request: another origin needs a preflight request, which is always refused. */
        LogoutRequestHeader: "1";
        /** @description The origin of the page. Browsers add it automatically and let no script change it. */
        Origin: string;
        /** @description The relation of the page's origin to the backend's. Browsers add it automatically, but not over plain http. */
        SecFetchSite: "same-origin";
    };
    requestBodies: never;
    headers: {
        /** @description Always `no-store`. */
        "Cache-Control": "no-store";
        /** @description Ends the local session, if it is a cookie. There can be several. */
        "Set-Cookie": string;
        /** @description Also deletes other data in the browser, if the application requires it. */
        "Clear-Site-Data": string;
        /** @description Always `POST`. */
        Allow: "POST";
        /** @description The number of seconds to wait. */
        "Retry-After": string;
    };
    pathItems: never;
}
/** @internal */
export type $defs = Record<string, never>;
/** @internal */
export interface operations {
    logOut: {
        parameters: {
            query?: never;
            header: {
                /** @description Shows that a script of the application sent the request: another origin needs a preflight request, which is always refused. */
                "X-Logout-Request": components["parameters"]["LogoutRequestHeader"];
                /** @description The origin of the page. Browsers add it automatically and let no script change it. */
                Origin: components["parameters"]["Origin"];
                /** @description The relation of the page's origin to the backend's. Browsers add it automatically, but not over plain http. */
                "Sec-Fetch-Site"?: components["parameters"]["SecFetchSite"];
            };
            path?: never;
            cookie?: never;
        };
        /** @description The data that only the page has. Omit the body, and the `Content-Type`, if there is nothing to send. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["LogoutRequest"];
            };
        };
        responses: {
            200: components["responses"]["LoggedOut"];
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            405: components["responses"]["MethodNotAllowed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
        };
    };
}
