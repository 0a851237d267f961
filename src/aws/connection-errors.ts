export class ConnectionReset extends Error {
  readonly code = 'ECONNRESET';

  constructor() {
    super('the connection has ended');
  }
}

export class ConnectTimeout extends Error {
  override name = 'TimeoutError';
  readonly code = 'ETIMEDOUT';

  constructor(milliseconds: number) {
    super(`no connection within ${milliseconds / 1000} s`);
  }
}
