import type { TableauConnection } from '../../../model/config/destination.ts';

/** `Tableau (site "acme" on tableau.example.com)`. */
export function siteLabel(connection: Pick<TableauConnection, 'server' | 'site' | 'labels'>): string {
  const { server, site } = connection.labels ?? { ...connection, server: new URL(connection.server).host };
  return `Tableau (${site === '' ? 'Default site' : `site "${site}"`} on ${server})`;
}
