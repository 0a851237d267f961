/** A version of the engine, and where it is published with which content. */
export interface EngineRelease {
  /** The version as hyperd prints it; the official Python package has the same number. */
  version: string;
  /** Platform packages of npm, by platform. */
  npm: Readonly<Record<string, NpmPackage>>;
  /** SHA-256 of the wheels of `tableauhyperapi` in hexadecimal, by platform. */
  wheels: Readonly<Record<string, string>>;
}

interface NpmPackage {
  name: string;
  version: string;
  /** The checksum of the packed file as package-lock.json writes it. */
  integrity: string;
}

/** The engine that this release was tested with: the one that package.json depends on. */
export const testedRelease: EngineRelease = {
  version: '0.0.26359',
  npm: {
    'linux-x64': {
      name: 'hyperdb-api-node-linux-x64-gnu',
      version: '0.7.3',
      integrity:
        'sha512-EoYn8uDZVS09yc0saXXHBQRNJ+W6FO/r4qKjIXx7HcyZ8Sdnbu/Mohz+mEgqtnIQ8luMhJaxyhUFRQYt8oNhkA==',
    },
  },
  wheels: {
    'linux-x64': '69d4918116de4cbc28e546eabf492b0f8784cc3fe9f49f3f0a09cfcbe01a7d7f',
    'darwin-arm64': 'edf90c44ec8c0df585d6308c279ead6a54fa78415d71c26b6b766be39a8efbf5',
    'darwin-x64': '25325fa9ba96227e81c1fd922d18e82135f3c63706413530c498da93973e5790',
  },
};
