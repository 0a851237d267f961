"""Drives the official Python client, in its own idiom and unchanged, against a running stand-in.

`npm run test:tableau-client` starts it; see client-check.ts. Prints one line for each check and fails if any is wrong.
"""

import os
import sys
import tempfile
import uuid

# The client reads these at each publication: files of a megabyte and more go up in chunks of one megabyte.
os.environ["TSC_CHUNK_SIZE_MB"] = "1"
os.environ["TSC_FILESIZE_LIMIT_MB"] = "1"

import tableauserverclient as TSC
from tableauserverclient.server.endpoint import workbooks_endpoint

# For workbooks it has a constant instead.
workbooks_endpoint.FILESIZE_LIMIT = 1024 * 1024

wrong = []
count = 0


def check(what, seen, expected=True):
    global count
    count += 1
    print("ok   " if seen == expected else "WRONG", f"{what}: {seen!r}", flush=True)
    if seen != expected:
        wrong.append(what)


def fails_with(what, code, call):
    try:
        call()
    except TSC.ServerResponseError as error:
        check(what, error.code, code)
    else:
        check(what, "it did not fail", code)


def same_bytes(left, right):
    with open(left, "rb") as a, open(right, "rb") as b:
        return a.read() == b.read()


def find(server, name):
    options = TSC.RequestOptions()
    options.filter.add(TSC.Filter(TSC.RequestOptions.Field.Name, TSC.RequestOptions.Operator.Equals, name))
    return list(TSC.Pager(server.datasources, options))


def publish(server, project, name, file, mode, as_job):
    item = TSC.DatasourceItem(project.id, name=name)
    result = server.datasources.publish(item, file, mode, as_job=as_job)
    if as_job:
        job = server.jobs.wait_for_job(result, timeout=60)
        check(f"job of {name}", (job.type, int(job.finish_code)), ("PublishDatasource", 0))
        (result,) = find(server, name)
    return result


def sign_in_both_ways(url, jwt):
    server = TSC.Server(url, use_server_version=True)
    with server.auth.sign_in(TSC.JWTAuth(jwt, site_id="demo")):
        check("sign-in by JWT", server.site_id is not None)
    # The other documented idiom asks for the version first.
    server = TSC.Server(url)
    server.use_server_version()
    check("version of the server", server.version, "3.27")
    with server.auth.sign_in(TSC.TableauAuth("demo", "demo-password-not-for-production", site_id="demo")):
        check("sign-in by password", server.site_id is not None)


def projects(server):
    found = list(TSC.Pager(server.projects))
    check("projects", sorted(one.name for one in found), ["Certified", "Sales", "Tenants", "default"])
    (certified,) = [one for one in found if one.name == "Certified"]
    (sales,) = [one for one in found if one.name == "Sales"]
    check("parent of a project", certified.parent_id, sales.id)
    made = server.projects.create(TSC.ProjectItem("Made", parent_id=sales.id))
    made.parent_id = made.id
    fails_with("a project below itself", "400000", lambda: server.projects.update(made))
    made.parent_id = str(uuid.uuid4())
    fails_with("a project below none", "404005", lambda: server.projects.update(made))
    server.projects.delete(made.id)
    return certified


def publications(server, project, big, small, packaged):
    create, overwrite = TSC.Server.PublishMode.CreateNew, TSC.Server.PublishMode.Overwrite
    single = publish(server, project, "Single hyper", small, create, False)
    check("content URL", single.content_url, "Singlehyper")
    chunked = publish(server, project, "Chunked hyper", big, create, True)
    boxed = publish(server, project, "Packaged", packaged, create, True)
    again = publish(server, project, "Chunked hyper", small, overwrite, False)
    check("the same id after overwriting", again.id, chunked.id)
    fails_with("create again", "403007", lambda: publish(server, project, "Packaged", packaged, create, False))
    return single, chunked, boxed


def revisions(server, chunked, big):
    server.datasources.populate_revisions(chunked)
    check(
        "revisions",
        [(one.revision_number, one.current, one.deleted) for one in chunked.revisions],
        [("1", False, False), ("2", True, False)],
    )
    with tempfile.TemporaryDirectory() as directory:
        path = server.datasources.download_revision(chunked.id, "1", filepath=os.path.join(directory, "first"))
        check("an earlier revision comes as", os.path.splitext(path)[1], ".tdsx")
    fails_with("the current revision by number", "400000", lambda: server.datasources.download_revision(chunked.id, "2"))
    server.datasources.delete_revision(chunked.id, "1")
    server.datasources.populate_revisions(chunked)
    check("revisions, one deleted", [one.deleted for one in chunked.revisions], [True, False])


def rows(server, single, boxed, delta):
    action = {
        "action": "upsert",
        "source-schema": "public",
        "source-table": "delta",
        "target-schema": "public",
        "target-table": "sales",
        "condition": {"op": "eq", "source-col": "id", "target-col": "id"},
    }

    def update(target, actions, payload):
        job = server.datasources.update_hyper_data(
            target, request_id=str(uuid.uuid4()), actions=actions, payload=payload
        )
        return server.jobs.wait_for_job(job, timeout=60)

    for target in (single, boxed):
        check(f"upsert of {target.name}", int(update(target, [action], delta).finish_code), 0)
    check("update of matched rows", int(update(single, [{**action, "action": "update"}], delta).finish_code), 0)
    where = {"op": "eq", "target-col": "region", "const": {"type": "string", "v": "changed"}}
    delete = {"action": "delete", "target-schema": "public", "target-table": "sales", "condition": where}
    check("delete by a constant, without a payload", int(update(single, [delete], None).finish_code), 0)
    try:
        update(single, [{**action, "source-table": "nowhere"}], delta)
        check("update of a missing table", "it did not fail")
    except TSC.server.endpoint.exceptions.JobFailedException as error:
        check("update of a missing table", "errorCode=410012" in str(error.notes))


def details(server, single):
    check("tags", sorted(server.datasources.add_tags(single, ["daily", "two words"])), ["daily", "two words"])
    (found,) = find(server, "Single hyper")
    check("project of what was found", found.project_name, "Certified")
    found.certified, found.certification_note, found.description = True, "checked", "Sales"
    updated = server.datasources.update(found)
    check("details", (updated.certified, updated.certification_note, updated.description), (True, "checked", "Sales"))
    options = TSC.RequestOptions()
    field, operator = TSC.RequestOptions.Field.UpdatedAt, TSC.RequestOptions.Operator.GreaterThan
    options.filter.add(TSC.Filter(field, operator, "2000-01-01T00:00:00Z"))
    check("filter by a date", len(list(TSC.Pager(server.datasources, options))), 3)
    options.filter.clear()
    options.filter.add(TSC.Filter(field, operator, "2000-01-01"))
    fails_with("filter by half a date", "400065", lambda: list(TSC.Pager(server.datasources, options)))


def downloads(server, boxed, packaged):
    with tempfile.TemporaryDirectory() as directory:
        target = os.path.join(directory, "down")
        server.datasources.populate_connections(boxed)
        check("connections", [one.connection_type for one in boxed.connections], ["hyper"])
        path = server.datasources.download(boxed.id, filepath=target, include_extract=False)
        check("downloaded without its extract", os.path.getsize(path) < os.path.getsize(packaged))


def find_workbooks(server, name):
    options = TSC.RequestOptions()
    options.filter.add(TSC.Filter(TSC.RequestOptions.Field.Name, TSC.RequestOptions.Operator.Equals, name))
    return list(TSC.Pager(server.workbooks, options))


def workbooks(server, project, small, big):
    create, overwrite = TSC.Server.PublishMode.CreateNew, TSC.Server.PublishMode.Overwrite
    item = TSC.WorkbookItem(project.id, name="A workbook", show_tabs=True)
    made = server.workbooks.publish(item, small, create, skip_connection_check=True)
    check("workbook", (made.name, made.content_url, made.show_tabs), ("A workbook", "Aworkbook", True))
    fails_with("create it again", "403007", lambda: server.workbooks.publish(item, small, create))
    job = server.jobs.wait_for_job(server.workbooks.publish(item, big, overwrite, as_job=True), timeout=60)
    check("job of a workbook in chunks", (job.type, int(job.finish_code)), ("PublishWorkbook", 0))
    (found,) = find_workbooks(server, "A workbook")
    check("the same workbook", (found.id, found.project_name), (made.id, "Certified"))
    server.workbooks.populate_revisions(found)
    check("its revisions", [(one.revision_number, one.current) for one in found.revisions], [("1", False), ("2", True)])
    server.workbooks.populate_connections(found)
    check("its connections", [one.connection_type for one in found.connections], ["hyper", "sqlproxy"])
    with tempfile.TemporaryDirectory() as directory:
        path = server.workbooks.download(found.id, filepath=os.path.join(directory, "whole"))
        check("workbook read back", (os.path.splitext(path)[1], same_bytes(path, big)), (".twbx", True))
        path = server.workbooks.download_revision(found.id, "1", filepath=os.path.join(directory, "first"))
        check("its first revision read back", same_bytes(path, small))
        path = server.workbooks.download(found.id, filepath=os.path.join(directory, "bare"), include_extract=False)
        check("workbook without its extract", os.path.getsize(path) < os.path.getsize(small))
    found.show_tabs, found.description = False, "Ours"
    server.workbooks.update(found)
    again = server.workbooks.get_by_id(found.id)
    check("details of a workbook", (again.show_tabs, again.description), (False, "Ours"))
    check("tags of a workbook", sorted(server.workbooks.add_tags(found, ["daily", "two words"])), ["daily", "two words"])
    server.workbooks.delete(found.id)
    check("workbook deleted, now found", len(find_workbooks(server, "A workbook")), 0)


def main(url, jwt, big, small, packaged, delta, book, big_book):
    sign_in_both_ways(url, jwt)
    server = TSC.Server(url, use_server_version=True)
    credentials = TSC.PersonalAccessTokenAuth("demo-token", "demo-secret-not-for-production", site_id="demo")
    with server.auth.sign_in(credentials):
        project = projects(server)
        single, chunked, boxed = publications(server, project, big, small, packaged)
        revisions(server, chunked, big)
        rows(server, single, boxed, delta)
        details(server, single)
        downloads(server, boxed, packaged)
        workbooks(server, project, book, big_book)
        server.datasources.delete(single.id)
        check("deleted, now found", len(find(server, "Single hyper")), 0)
    print(f"{count} checks, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
