import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { RawAnswer, RawClient } from './raw-client.ts';
import { all, only, signedIn } from './raw-client.ts';
import type { TableauStandIn } from '../src/stand-in.ts';
import { startTableauStandIn } from '../src/stand-in.ts';

let standIn: TableauStandIn;
let client: RawClient;
let explorer: RawClient;
beforeAll(async () => {
  standIn = await startTableauStandIn({
    seed: {
      users: [
        { name: 'admin', password: 'a', siteRole: 'SiteAdministratorCreator' },
        { name: 'creator', password: 'c', siteRole: 'Creator' },
      ],
      projects: ['Sales/Certified', 'Finance/Certified', 'Tenants', 'A&B', 'A,B', 'Fin'],
    },
  });
  client = await signedIn(standIn.url, { credentials: { name: 'admin', password: 'a' } });
  explorer = await signedIn(standIn.url, { credentials: { name: 'creator', password: 'c' } });
});
afterAll(async () => {
  await standIn.close();
  expect(standIn.control.defects).toEqual([]);
});

const names = (answer: RawAnswer) => all(answer, 'project').map(({ attributes }) => attributes.name);
const list = (query: string, by = client) => by.send('GET', `/sites/:site/projects?${query}`);

describe('listing', () => {
  test('gives pages, of 100 unless told', async () => {
    const everything = await list('');
    expect(only(everything, 'pagination').attributes).toEqual({
      pageNumber: '1',
      pageSize: '100',
      totalAvailable: '9',
    });
    expect(names(await list('pageSize=4&pageNumber=3'))).toEqual(names(everything).slice(8));
  });

  test.each([
    ['pageSize=0', '400007'],
    ['pageSize=many', '400007'],
    ['pageSize=1001', '403014'],
    ['pageNumber=0', '400006'],
    ['pageNumber=2', '400006'],
  ])('refuses %s', async (query, code) => {
    expect(await list(query)).toMatchObject({ status: Number(code.slice(0, 3)), code });
  });

  test('filters by name and by parent', async () => {
    const sales = standIn.control.project('Sales');
    const both = await list('filter=name:eq:Certified');
    expect(names(both)).toEqual(['Certified', 'Certified']);
    const one = await list(`filter=name:eq:Certified,parentProjectId:eq:${sales.id}`);
    expect(all(one, 'project').map(({ attributes }) => attributes.parentProjectId)).toEqual([sales.id]);
    expect(names(await list('filter=name:in:[Sales,Tenants]'))).toEqual(['Sales', 'Tenants']);
    expect(names(await list('filter=name:eq:sales'))).toEqual([]);
    expect(names(await list('filter=topLevelProject:eq:false'))).toEqual(['Certified', 'Certified']);
  });

  test('takes a star in a name for a wildcard', async () => {
    expect(names(await list('filter=name:eq:Fin*'))).toEqual(['Finance', 'Fin']);
  });

  test.each([
    'filter=name:eq:',
    'filter=name',
    'filter=name:eq:A%26B',
    'filter=name:eq:A,B',
    'filter=name:eq:A%2CB',
    'filter=parentProject:eq:x',
    'filter=topLevelProject:gt:true',
    'filter=name:in:Sales',
    'sort=nothing:asc',
    'sort=name',
  ])('refuses %s', async (query) => {
    expect(await list(query)).toMatchObject({ status: 400, code: '400065' });
  });

  test('takes a bare ampersand for the end of the filter: neither "A&B" nor an error', async () => {
    const cut = await list('filter=name:eq:A&B');
    expect([cut.status, names(cut)]).toEqual([200, []]);
    expect(names(await list('filter=name:eq:Fin&ance'))).toEqual(['Fin']);
  });

  test('sorts', async () => {
    const sorted = names(await list('sort=name:desc&filter=topLevelProject:eq:true'));
    expect(sorted).toEqual(['default', 'Tenants', 'Sales', 'Finance', 'Fin', 'A,B', 'A&B']);
  });

  test('says who may write where only when all fields are asked for', async () => {
    const tenants = standIn.control.project('Tenants');
    tenants.publishers = [];
    const [plain] = all(await list('filter=name:eq:Tenants'), 'project');
    expect(plain!.attributes).not.toHaveProperty('writeable');
    const asked = 'filter=name:eq:Tenants&fields=_all_';
    const writeable = async (by: RawClient) => all(await list(asked, by), 'project')[0]!.attributes.writeable;
    expect(await writeable(client)).toBe('true');
    expect(await writeable(explorer)).toBe('false');
    tenants.publishers = 'everyone';
  });

  test('hides parents from versions before 2.8', async () => {
    const old = await signedIn(standIn.url, {
      version: '2.7',
      credentials: { name: 'admin', password: 'a' },
    });
    const [child] = all(await list('filter=name:eq:Certified', old), 'project');
    expect(child!.attributes).not.toHaveProperty('parentProjectId');
  });
});

describe('creating', () => {
  const create = (attributes: string, by = client) =>
    by.sendXml('POST', '/sites/:site/projects', `<tsRequest><project ${attributes}/></tsRequest>`);

  test('makes a project below another', async () => {
    const { id } = standIn.control.project('Sales');
    const answer = await create(`name="EMEA" parentProjectId="${id}"`);
    expect(answer.status).toBe(201);
    expect(only(answer, 'project').attributes).toMatchObject({ name: 'EMEA', parentProjectId: id });
    expect(standIn.control.project('Sales/EMEA').contentPermissions).toBe('ManagedByOwner');
  });

  test.each([
    ['name="sALES"', '409006', "A project already exists with the name 'sALES'"],
    ['name="New" contentPermissions="Open"', '400008', "Invalid value 'Open' for contentPermissions."],
    ['description="x"', '400000', 'A project needs a name.'],
    ['name="New" parentProjectId="x"', '404005', "Project 'x' could not be found."],
  ])('refuses %s', async (attributes, code, detail) => {
    expect(await create(attributes)).toMatchObject({ status: Number(code.slice(0, 3)), code, detail });
  });

  test('takes the same name below another parent', async () => {
    const { id } = standIn.control.project('Tenants');
    expect((await create(`name="Sales" parentProjectId="${id}"`)).status).toBe(201);
  });

  test('is for administrators and owners of the parent', async () => {
    expect(await create('name="Mine"', explorer)).toMatchObject({ status: 403, code: '403045' });
    const tenants = standIn.control.project('Tenants');
    const { ownerId } = tenants;
    tenants.ownerId = explorer.user;
    expect((await create(`name="Mine" parentProjectId="${tenants.id}"`, explorer)).status).toBe(201);
    tenants.ownerId = ownerId;
  });
});

describe('changing', () => {
  const update = (path: string, body: string, by = client) =>
    by.sendXml('PUT', `/sites/:site/projects/${standIn.control.project(path).id}`, body);

  test('changes nothing for an empty project, which is how one is asked for', async () => {
    const answer = await update('Sales', '<tsRequest><project/></tsRequest>');
    expect(only(answer, 'project').attributes).toMatchObject({ name: 'Sales' });
  });

  test('renames and moves, unless the name is taken there', async () => {
    const taken = await update('Finance/Certified', '<tsRequest><project name="FIN"/></tsRequest>');
    expect(taken.status).toBe(200);
    const { id } = standIn.control.project('Sales');
    const body = `<tsRequest><project name="certified" parentProjectId="${id}"/></tsRequest>`;
    expect(await update('Finance/FIN', body)).toMatchObject({ status: 409, code: '409006' });
  });

  test.each([
    ['itself', 'Tree', '400000'],
    ['a project below it', 'Tree/Branch/Twig', '400000'],
    ['a project that does not exist', undefined, '404005'],
  ])('refuses %s as the parent', async (_, parent, code) => {
    standIn.control.addProject('Tree/Branch/Twig');
    const id = parent === undefined ? 'nowhere' : standIn.control.project(parent).id;
    const answer = await update('Tree', `<tsRequest><project parentProjectId="${id}"/></tsRequest>`);
    expect(answer.code).toBe(code);
    expect(standIn.control.project('Tree').parentProjectId).toBeUndefined();
  });

  test('leaves the default project alone', async () => {
    const body = '<tsRequest><project name="other"/></tsRequest>';
    expect(await update('default', body)).toMatchObject({ code: '403005' });
    const { id } = standIn.control.project('default');
    expect(await client.send('DELETE', `/sites/:site/projects/${id}`)).toMatchObject({ code: '403003' });
  });

  test('is not for those without rights', async () => {
    expect(await update('Sales', '<tsRequest><project/></tsRequest>', explorer)).toMatchObject({
      code: '403004',
    });
  });

  test('deletes a project with all below it', async () => {
    const { id } = standIn.control.addProject('Old/Older');
    const { id: parent } = standIn.control.project('Old');
    expect((await client.send('DELETE', `/sites/:site/projects/${parent}`)).status).toBe(204);
    expect(standIn.control.world.projects.some((project) => project.id === id)).toBe(false);
  });
});
