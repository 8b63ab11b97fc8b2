/** Where the broker is, without a slash at its end; put in by the build. */
declare const __BROKER_URL__: string;
/** Whether this build is for development; put in by the build. */
declare const __DEVELOPMENT__: boolean;
