declare module 'pgpass' {
  namespace pgpass {
    interface ConnectionInfo {
      host?: string;
      port?: number | string;
      database?: string;
      user?: string;
    }
  }
  function pgpass(connection: pgpass.ConnectionInfo, callback: (password: string | undefined) => void): void;
  export = pgpass;
}
