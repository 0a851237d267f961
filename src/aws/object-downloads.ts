import { createDownloads, type Download } from './download.ts';
import type { Client } from './client.ts';
import type { Request } from './http-text.ts';
import { ObjectRequests } from './object-requests.ts';
import type { Sdk } from './sdk.ts';
import type { ProxyFor } from './tunnel.ts';

/** An object, one version of it, or a range of it: the input of a GetObjectCommand without its bucket. */
export interface WantedObject {
  Key: string;
  IfMatch?: string;
  VersionId?: string;
  Range?: string;
}

/** GETs of the objects of one bucket: the SDK makes the first request and understands refusals; the bytes go past it. */
export interface ObjectDownloads {
  /** One attempt. What it fails with is the SDK's own error. The signal is for the body, too. */
  get(wanted: WantedObject, signal: AbortSignal): Promise<Download>;
  close(): void;
}

export interface DownloadSettings {
  sdk: Sdk;
  client: Client;
  bucket: string;
  requesterPays?: boolean;
  proxyFor?: ProxyFor | undefined;
}

export function openObjectDownloads({
  sdk,
  client,
  bucket,
  requesterPays = false,
  proxyFor,
}: DownloadSettings): ObjectDownloads {
  const downloads = createDownloads(proxyFor);
  const requests = new ObjectRequests();
  const payer = requesterPays ? ({ RequestPayer: 'requester' } as const) : {};
  return {
    async get(wanted, signal) {
      const { Key, IfMatch, VersionId, Range } = wanted;
      const request = await requests.make(
        Key,
        { ...(VersionId !== undefined && { versionId: VersionId }) },
        {
          ...(IfMatch !== undefined && { 'if-match': IfMatch }),
          ...(Range !== undefined && { range: Range }),
        },
      );
      let download = request && (await downloads.get(request, signal));
      if (download?.isRefused === false) return download;
      requests.forget();
      const command = new sdk.GetObjectCommand({ Bucket: bucket, ...wanted, ...payer });
      if (download === undefined) requests.learn(command, Key);
      command.middlewareStack.add(
        () => async (step) => {
          download ??= await downloads.get(step.request as Request, signal);
          return { response: download.response, output: { $metadata: {} } };
        },
        { step: 'deserialize', priority: 'low', name: 'download' },
      );
      await client.send(command, { abortSignal: signal });
      if (download === undefined) throw new Error('the SDK has sent no request');
      return download;
    },
    close: () => downloads.close(),
  };
}
