// Generated from specs/revocation-feed.openapi.yaml by `npm run generate`. Do not edit: change the spec and generate again.

/** @internal */
export interface paths {
    "/revocations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the list, or its new entries
         * @description Without `after`, the response is the first page of a snapshot. With `after`, it contains the entries after that
         *     cursor. The operator chooses the path; `/revocations` is a placeholder.
         *
         *     With `wait`, and without new entries, the feed waits up to `wait` seconds for one. If there is still none, the
         *     response is empty, but has a cursor.
         */
        get: operations["readRevocations"];
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
         * Revocation page
         * @description Some entries, and the cursor to continue with. Later versions may add members.
         */
        RevocationPage: {
            /** @description In no particular order, and possibly known already. */
            entries: components["schemas"]["RevocationEntry"][];
            /**
             * @description Pass it as `after` to continue. Its content is opaque; send it back unchanged.
             * @example bS4xNzMyNjA0NDAwLjQy
             */
            cursor: string;
            /**
             * @description The time when the log was read, in seconds since 1970 with fractions, exact to 50 milliseconds, by the clock of the log. From response to response it advances like the reader's own clock; a response in which it does not is an old one, such as from a cache. Whole seconds are not enough.
             * @example 1795679600.25
             */
            as_of: number;
            /**
             * @description True if there is another page now. The copy is complete only after a response with `false`. A page with `true` has at least one entry, and its `cursor` differs from `after`, so that a run comes to an end.
             * @example false
             */
            more: boolean;
        };
        /**
         * Revocation entry
         * @description Revoked tokens of an issuer. The members that are present determine the form.
         */
        RevocationEntry: components["schemas"]["RevokedToken"] | components["schemas"]["RevokedSession"] | components["schemas"]["RevokedSubject"] | components["schemas"]["RevokedIssuer"];
        /**
         * Revoked token
         * @description One token is revoked.
         */
        RevokedToken: {
            iss: components["schemas"]["Issuer"];
            /**
             * @description The token's `jti` claim.
             * @example WdgS0xgkWJ
             */
            jti: string;
            until: components["schemas"]["Until"];
        };
        /**
         * Revoked session
         * @description The tokens of one session at the issuer are revoked, up to a time of issue.
         */
        RevokedSession: {
            iss: components["schemas"]["Issuer"];
            /**
             * @description The tokens' `sid` claim.
             * @example 08a5019c-17e1-4977-8f42-65a12843ea02
             */
            sid: string;
            at: components["schemas"]["At"];
            until: components["schemas"]["Until"];
        };
        /**
         * Revoked subject
         * @description The tokens of one user at the issuer are revoked, up to a time of issue.
         */
        RevokedSubject: {
            iss: components["schemas"]["Issuer"];
            /**
             * @description The tokens' `sub` claim.
             * @example alice
             */
            sub: string;
            at: components["schemas"]["At"];
            until: components["schemas"]["Until"];
        };
        /**
         * Revoked issuer
         * @description All tokens of the issuer are revoked, up to a time of issue. This is for incidents.
         */
        RevokedIssuer: {
            iss: components["schemas"]["Issuer"];
            at: components["schemas"]["At"];
            until: components["schemas"]["Until"];
        };
        /**
         * Issuer
         * @description The tokens' `iss` claim, compared character by character.
         * @example https://id.example.com
         */
        Issuer: string;
        /**
         * Time of the revocation
         * @description Tokens issued at or before this second are revoked; later ones are not. In seconds since 1970, by the clock of the issuer if that is known.
         * @example 1795679550
         */
        At: number;
        /**
         * End of the entry
         * @description The time when the last token that the entry names expires, in seconds since 1970.
         * @example 1795683149
         */
        Until: number;
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
             * @example Gone
             */
            title: string;
            /**
             * @description The HTTP status, repeated.
             * @example 410
             */
            status: number;
            code: components["schemas"]["ProblemCode"];
            /**
             * @description The problem, in a sentence, without anything from the request.
             * @example This cursor does not belong to this log. Read from the start
             * @example without after.
             */
            detail: string;
        };
        /**
         * Problem code
         * @description - `malformed_request` (400): a parameter is not as described.
         *     - `unauthorized` (401): the reader may not read.
         *     - `method_not_allowed` (405): not a `GET`.
         *     - `cursor_gone` (410): take a snapshot.
         *     - `too_many_requests` (429): the reader asks too often.
         *     - `log_unavailable` (503): the log cannot be read.
         *     - `busy` (503): too many readers wait.
         * @example cursor_gone
         * @enum {string}
         */
        ProblemCode: "malformed_request" | "unauthorized" | "method_not_allowed" | "cursor_gone" | "too_many_requests" | "log_unavailable" | "busy";
    };
    responses: {
        /** @description Entries, and the cursor to continue with. */
        Page: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["RevocationPage"];
            };
        };
        /** @description A parameter is not as described. Sending the same request again does not help. */
        BadRequest: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The reader is not authorized. */
        Unauthorized: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The feed is only read. */
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
        /** @description The log does not know which entries are new since this cursor, such as after it was restored from a backup. Keep the entries and take a snapshot. */
        Gone: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The reader asks more often than the operator allows. */
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
        /** @description The log cannot be read now, or too many readers wait. */
        Unavailable: {
            headers: {
                "Cache-Control": components["headers"]["Cache-Control"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description The `cursor` of the last response, unchanged. Leave it out for a snapshot. */
        After: string;
        /** @description The number of seconds that the feed may wait for a new entry. Give your request a longer timeout. */
        Wait: number;
    };
    requestBodies: never;
    headers: {
        /** @description Always `no-store`. */
        "Cache-Control": "no-store";
        /** @description Always `GET`. */
        Allow: "GET";
        /** @description The number of seconds to wait before the next request. */
        "Retry-After": string;
        /** @description The required authentication (RFC 9110 §11.6.1). */
        "WWW-Authenticate": string;
    };
    pathItems: never;
}
/** @internal */
export type $defs = Record<string, never>;
/** @internal */
export interface operations {
    readRevocations: {
        parameters: {
            query?: {
                /** @description The `cursor` of the last response, unchanged. Leave it out for a snapshot. */
                after?: components["parameters"]["After"];
                /** @description The number of seconds that the feed may wait for a new entry. Give your request a longer timeout. */
                wait?: components["parameters"]["Wait"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Page"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            405: components["responses"]["MethodNotAllowed"];
            410: components["responses"]["Gone"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
}
