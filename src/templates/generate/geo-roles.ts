import type { GeoRole } from '../../model/config/data-source.ts';

/** Tableau's geographic roles, as spelled in files that Desktop saved. */
export const geoRoles: Readonly<Record<GeoRole, string>> = {
  country: '[Country].[Name]',
  country_code: '[Country].[ISO3166_2]',
  state: '[State].[Name]',
  county: '[County].[Name]',
  city: '[City].[Name]',
  zip_code: '[ZipCode].[Name]',
  area_code: '[AreaCode].[Name]',
  latitude: '[Geographical].[Latitude]',
  longitude: '[Geographical].[Longitude]',
};
