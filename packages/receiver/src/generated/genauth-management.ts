// Generated from specs/genauth-management.openapi.yaml by `npm run generate`. Do not edit: change the spec and generate again.

/** @internal */
export interface paths {
    "/api/v3/kick-users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a user's sessions
         * @description Ends the sessions of one user at up to 50 applications. Repeating it is harmless. GenAuth then sends the webhook
         *     `kick`, if there is one.
         */
        post: operations["kickUsers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/check-session-status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check whether a user is logged in
         * @description Reports whether a user has a session at an application.
         */
        post: operations["checkSessionStatus"];
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
         * Kick request
         * @description The user, and the applications at which the sessions end.
         */
        KickRequest: {
            /**
             * @description The user, by id unless `options.userIdType` specifies another kind.
             * @example 62f733a7148bd0028af1e541
             */
            userId: string;
            /**
             * @description The applications.
             * @example [
             *       "62f20932716fbcc10d966ee5"
             *     ]
             */
            appIds: string[];
            options?: components["schemas"]["KickOptions"];
        };
        /**
         * Kick options
         * @description How the request names the user.
         */
        KickOptions: {
            /**
             * @description The kind of `userId`. `check-session-status` supports only ids.
             * @default user_id
             * @example user_id
             * @enum {string}
             */
            userIdType: "user_id" | "external_id" | "phone" | "email" | "username" | "identity" | "sync_relation" | "custom_field";
        };
        /**
         * Session status request
         * @description The user and the application of the session.
         */
        SessionStatusRequest: {
            /**
             * @description The user's id.
             * @example 62f733a7148bd0028af1e541
             */
            userId: string;
            /**
             * @description The application's id.
             * @example 62f20932716fbcc10d966ee5
             */
            appId: string;
        };
        /**
         * Answer to a kick request
         * @description A success or an error.
         */
        KickAnswer: components["schemas"]["KickSuccess"] | components["schemas"]["ManagementError"];
        /**
         * Kick success
         * @description GenAuth reports that the sessions have ended. Some versions leave `data` out.
         */
        KickSuccess: {
            /**
             * @description Always 200.
             * @example 200
             * @constant
             */
            statusCode: 200;
            /**
             * @description A text for people.
             * @example Success
             */
            message: string;
            data?: components["schemas"]["KickResult"];
        };
        /**
         * Kick result
         * @description The result.
         */
        KickResult: {
            /**
             * @description `false` is a failure, whatever `statusCode` says.
             * @example true
             */
            success: boolean;
        };
        /**
         * Answer to a session status request
         * @description A state or an error.
         */
        SessionStatusAnswer: components["schemas"]["SessionStatusSuccess"] | components["schemas"]["ManagementError"];
        /**
         * Session status success
         * @description The state of the session.
         */
        SessionStatusSuccess: {
            /**
             * @description Always 200.
             * @example 200
             * @constant
             */
            statusCode: 200;
            /**
             * @description A text for people.
             * @example Success
             */
            message: string;
            data: components["schemas"]["SessionStatusResult"];
        };
        /**
         * Session status result
         * @description Whether the user is logged in.
         */
        SessionStatusResult: {
            /**
             * @description Whether the user has a session at the application.
             * @example true
             */
            active: boolean;
        };
        /**
         * Management error
         * @description The reason why the request failed.
         */
        ManagementError: {
            /**
             * @description The actual status, with the meaning of an HTTP status.
             * @example 403
             */
            statusCode: number;
            /**
             * @description A text for people. It can repeat parts of the request.
             * @example Forbidden
             */
            message: string;
            /**
             * @description GenAuth's own code of the error.
             * @example 2333
             */
            apiCode?: number;
            /**
             * @description Names the request, for GenAuth's support.
             * @example 934108e5-9fbf-4d24-8da1-c330328abd6c
             */
            requestId?: string;
        };
    };
    responses: {
        /** @description Success, or an error although the status is 200. */
        Kicked: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["KickAnswer"];
            };
        };
        /** @description The state of the user's session, or an error although the status is 200. */
        SessionStatus: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["SessionStatusAnswer"];
            };
        };
        /** @description The usual error, with the same HTTP status. A gateway in front of GenAuth may respond differently. */
        Refused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ManagementError"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
/** @internal */
export type $defs = Record<string, never>;
/** @internal */
export interface operations {
    kickUsers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The user and the applications. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["KickRequest"];
            };
        };
        responses: {
            200: components["responses"]["Kicked"];
            "4XX": components["responses"]["Refused"];
        };
    };
    checkSessionStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The user and the application. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionStatusRequest"];
            };
        };
        responses: {
            200: components["responses"]["SessionStatus"];
            "4XX": components["responses"]["Refused"];
        };
    };
}
