import { moveProblems, movesFromRemoved } from '../drafts/moves.ts';
import {
  columnNames,
  columnTypes,
  keyColumnsOnce,
  keysToVerify,
  relationshipColumns,
  relationshipsToKeys,
  typesOfVersion,
} from './columns.ts';
import { tableChecks } from './checks.ts';
import { destinationKind, oneWriterPerFile, uniqueNames } from './destinations.ts';
import { addedColumns } from './added.ts';
import { plainAddresses } from './addresses.ts';
import {
  knownFormat,
  formatOptions,
  knownEncoding,
  nullStrings,
  numberSigns,
  oneCharacter,
  addingPatterns,
  quoteOptions,
} from './files.ts';
import { loadColumns } from './load-columns.ts';
import { defaultLoad, loadModes } from './load-modes.ts';
import { numbersFromReferences } from './numbers.ts';
import {
  addOnlyOnFiles,
  completeConnections,
  jsonPaths,
  keysOfFileTables,
  oneColumnOrigin,
  optionalColumns,
  readableUrls,
  tableOrQuery,
} from './origins.ts';
import { otherReferences } from './other-references.ts';
import { oneWriterPerDataSource } from './data-source-writers.ts';
import { keysBesideUse, tableauDestinations } from './tableau.ts';
import { clientCertificate } from './client-certificate.ts';
import { allowedHosts, readableFiles, writableFiles } from './policy.ts';
import {
  knownConnections,
  knownDestinations,
  knownKeyColumns,
  knownRelationshipEnds,
  knownSources,
} from './references.ts';
import { parallelReads } from './parallel.ts';
import type { CommonRule, Rule } from './rule.ts';
import { typographicQuotes } from './typographic-quotes.ts';
import { unusedFormatOptions } from './unused-format-options.ts';
import { valueSettingTypes, knownZones } from './values.ts';
import { bucketAndMatch, columnsOrHeaderFile, keysBesideConnection, s3Access } from './s3.ts';

export const rules: readonly Rule[] = [
  knownConnections,
  knownDestinations,
  knownSources,
  knownKeyColumns,
  knownRelationshipEnds,
  columnTypes,
  typesOfVersion,
  valueSettingTypes,
  knownZones,
  columnNames,
  keyColumnsOnce,
  keysToVerify,
  relationshipColumns,
  relationshipsToKeys,
  tableOrQuery,
  keysOfFileTables,
  addOnlyOnFiles,
  oneColumnOrigin,
  optionalColumns,
  completeConnections,
  jsonPaths,
  readableUrls,
  plainAddresses,
  otherReferences,
  typographicQuotes,
  knownFormat,
  formatOptions,
  unusedFormatOptions,
  oneCharacter,
  quoteOptions,
  nullStrings,
  knownEncoding,
  numberSigns,
  addingPatterns,
  parallelReads,
  addedColumns,
  bucketAndMatch,
  keysBesideConnection,
  s3Access,
  clientCertificate,
  columnsOrHeaderFile,
  defaultLoad,
  loadModes,
  loadColumns,
  numbersFromReferences,
  destinationKind,
  tableauDestinations,
  keysBesideUse,
  moveProblems,
  tableChecks,
  allowedHosts,
  readableFiles,
  writableFiles,
];

export const commonRules: readonly CommonRule[] = [
  uniqueNames,
  oneWriterPerFile,
  oneWriterPerDataSource,
  movesFromRemoved,
];
