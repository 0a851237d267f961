import { resolve } from 'node:path';
import { aggregations } from '../../model/config/data-source.ts';
import type { ParameterRange, ParameterType } from '../../model/config/data-source.ts';
import type { Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import type {
  AliasLook,
  CalculationLook,
  ColumnLook,
  FieldLook,
  FolderLook,
  GenerateTemplate,
  ParameterLook,
  PlacedName,
  TableLook,
  Template,
} from '../../model/config/template.ts';
import type * as Written from '../../model/config/written.gen.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { stagedPackage } from './extract.ts';
import { inOrder } from './tables.ts';

export function resolveTemplate(draft: PipelineDraft): Template | undefined {
  const { template } = draft.written;
  if (template === undefined) return undefined;
  const place = child(draft.place, 'template');
  const common = { place, compression: template.compression ?? 'fast', staged: stagedPackage(draft) };
  if ('file' in template) {
    const { file, keep_unnamed: keep, datasource, extract } = template;
    return {
      kind: 'file',
      ...common,
      shown: file,
      path: resolve(draft.folder, file),
      ...(keep === true && { keepUnnamed: true }),
      ...(datasource !== undefined && { dataSource: datasource }),
      ...(extract !== undefined && { extract }),
    };
  }
  return { ...common, ...generated(draft, template.generate, child(place, 'generate')) };
}

type Generated = Omit<GenerateTemplate, 'place' | 'compression' | 'staged'>;

function generated(draft: PipelineDraft, settings: Written.Generate, place: Place): Generated {
  const each = <Value, Result>(
    key: string,
    map: Record<string, Value> | undefined,
    make: (name: string, value: Value, at: Place) => Result,
  ): Result[] => {
    const at = child(place, key);
    return inOrder(draft, at, map ?? {}).map(([name, value]) => make(name, value, child(at, name)));
  };
  return {
    kind: 'generate',
    shown: 'generated',
    name: settings.name ?? draft.written.name,
    tableau: settings.tableau ?? '2020.2',
    ...(settings.captions !== undefined && { captions: settings.captions }),
    tables: each('tables', settings.tables, (name, table, at) => tableLook(draft, name, table, at)),
    calculations: each('calculations', settings.calculations, (name, calculation, at) =>
      calculationLook(draft, name, calculation, at),
    ),
    // Without parameters the record of an earlier version stays as it is.
    ...(settings.parameters !== undefined && {
      parameters: each('parameters', settings.parameters, (name, parameter, at) =>
        parameterLook(draft, name, parameter, at),
      ),
    }),
    hierarchies: each('hierarchies', settings.hierarchies, (name, fields, at) => ({
      name,
      place: at,
      fields: placedNames(fields, at),
    })),
    folders: each('folders', settings.folders, folderLook),
  };
}

function tableLook(
  draft: PipelineDraft,
  name: string,
  { caption, description, columns }: Written.GenerateTable,
  place: Place,
): TableLook {
  const at = child(place, 'columns');
  const looks = inOrder(draft, at, columns ?? {}).map(([column, look]): ColumnLook => {
    const settings = typeof look === 'string' ? { caption: look } : look;
    return {
      ...fieldLook(draft, column, settings, child(at, column)),
      ...(settings.caption !== undefined && { caption: settings.caption }),
    };
  });
  return {
    name,
    place,
    ...(caption !== undefined && { caption }),
    ...(description !== undefined && { description }),
    columns: looks,
  };
}

function calculationLook(
  draft: PipelineDraft,
  name: string,
  written: Written.GenerateCalculation,
  place: Place,
): CalculationLook {
  const settings = typeof written === 'string' ? { formula: written } : written;
  const { formula, datatype = 'real' } = settings;
  return { ...fieldLook(draft, name, settings, place), formula, datatype };
}

function parameterLook(
  draft: PipelineDraft,
  name: string,
  written: Written.GenerateParameter,
  place: Place,
): ParameterLook {
  const settings = typeof written === 'object' ? written : { value: written };
  const { value, datatype = typeOfValue(value), list, range, description, format } = settings;
  const aliases = inOrder(draft, child(place, 'aliases'), settings.aliases ?? {});
  const parameter = {
    name,
    datatype,
    value: String(value),
    ...(list !== undefined && { list: list.map(String) }),
    ...(range !== undefined && { range: parameterRange(range) }),
    ...(description !== undefined && { description }),
    ...(format !== undefined && { format }),
    ...(aliases.length > 0 && { aliases: aliases.map(([text, alias]) => ({ value: text, alias })) }),
    ...(settings.local_name !== undefined && { localName: settings.local_name }),
  };
  return { place, parameter };
}

function parameterRange({ min, max, step, unit }: Written.ParameterRangeSettings): ParameterRange {
  return {
    ...(min !== undefined && { min: String(min) }),
    ...(max !== undefined && { max: String(max) }),
    ...(step !== undefined && { step: String(step) }),
    ...(unit !== undefined && { unit }),
  };
}

/** Returns the type of a parameter whose type is not written. */
export function typeOfValue(value: string | number | boolean): ParameterType {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'real';
  return typeof value === 'boolean' ? 'boolean' : 'string';
}

type WrittenLook = Omit<Written.GenerateColumnSettings, 'caption'>;

function fieldLook(draft: PipelineDraft, name: string, look: WrittenLook, place: Place): FieldLook {
  const { description, role, continuous, format, hidden, folder, geo, local_name: localName } = look;
  const aggregation = aggregations.find((one) => one.toLowerCase() === look.aggregation);
  return {
    name,
    place,
    presentation: {
      ...(description !== undefined && { description }),
      ...(role !== undefined && { role }),
      ...(continuous !== undefined && { continuous }),
      ...(aggregation !== undefined && { aggregation }),
      ...(format !== undefined && { format }),
      ...(hidden !== undefined && { hidden }),
      ...(geo !== undefined && { geo }),
    },
    ...(folder !== undefined && { folder }),
    ...(localName !== undefined && { localName }),
    aliases: inOrder(draft, child(place, 'aliases'), look.aliases ?? {}).map(([key, alias]): AliasLook => ({
      value: key === missingValues ? undefined : key,
      alias,
    })),
  };
}

/** Tableau's own name for missing values. */
export const missingValues = '%null%';

function folderLook(name: string, written: Written.Folder, place: Place): FolderLook {
  const { fields = [], hierarchies = [] } = Array.isArray(written) ? { fields: written } : written;
  const at = Array.isArray(written) ? place : child(place, 'fields');
  return {
    name,
    place,
    fields: placedNames(fields, at),
    hierarchies: placedNames(hierarchies, child(place, 'hierarchies')),
  };
}

function placedNames(names: readonly string[], place: Place): PlacedName[] {
  return names.map((name, index) => ({ name, place: child(place, index) }));
}
