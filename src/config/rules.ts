import { movesFit, movesFromNobody } from './moves.ts';
import {
  columnNames,
  columnTypes,
  keyColumnsOnce,
  keysToVerify,
  relationshipsFit,
  relationshipsToKeys,
  typesOfVersion,
} from './rules/columns.ts';
import { checksFit } from './rules/checks.ts';
import { destinationKind, oneWriterPerFile, uniqueNames } from './rules/destinations.ts';
import { addedColumns } from './rules/added.ts';
import {
  formatKnown,
  formatOptions,
  knownEncoding,
  nullStrings,
  numberSigns,
  oneCharacter,
  patternsAdd,
  quoteOptions,
} from './rules/files.ts';
import { loadColumns } from './rules/load-columns.ts';
import { defaultLoad, loadModes } from './rules/load-modes.ts';
import { numbersFromReferences } from './rules/numbers.ts';
import {
  addOnlyOnFiles,
  connectionsComplete,
  keysOfFileTables,
  oneColumnOrigin,
  optionalColumns,
  tableOrQuery,
} from './rules/origins.ts';
import { oneWriterPerDataSource } from './rules/data-source-writers.ts';
import { keysBesideUse, tableauDestinations } from './rules/tableau.ts';
import { clientCertificate } from './rules/client-certificate.ts';
import { allowedHosts, readableFiles, writableFiles } from './rules/policy.ts';
import {
  knownConnections,
  knownDestinations,
  knownKeyColumns,
  knownRelationshipEnds,
  knownSources,
} from './rules/references.ts';
import type { CommonRule, Rule } from './rules/rule.ts';
import { valueSettingsFit, zonesExist } from './rules/values.ts';
import { bucketAndMatch, columnsOrHeaderFile, keysBesideConnection, s3Access } from './rules/s3.ts';

export const rules: readonly Rule[] = [
  knownConnections,
  knownDestinations,
  knownSources,
  knownKeyColumns,
  knownRelationshipEnds,
  columnTypes,
  typesOfVersion,
  valueSettingsFit,
  zonesExist,
  columnNames,
  keyColumnsOnce,
  keysToVerify,
  relationshipsFit,
  relationshipsToKeys,
  tableOrQuery,
  keysOfFileTables,
  addOnlyOnFiles,
  oneColumnOrigin,
  optionalColumns,
  connectionsComplete,
  formatKnown,
  formatOptions,
  oneCharacter,
  quoteOptions,
  nullStrings,
  knownEncoding,
  numberSigns,
  patternsAdd,
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
  movesFit,
  checksFit,
  allowedHosts,
  readableFiles,
  writableFiles,
];

export const commonRules: readonly CommonRule[] = [
  uniqueNames,
  oneWriterPerFile,
  oneWriterPerDataSource,
  movesFromNobody,
];
