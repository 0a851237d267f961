"""Drives the official Python client against a running stand-in and says what it saw.

An optional peer, outside the test suite: it needs Python with `tableauserverclient` and the Hyper files given.

    npx tsx test/support/tableau/conformance-samples.ts samples
    npm run tableau-stand-in -- --port 8099
    cd samples && python ../test/support/tableau/conformance.py http://127.0.0.1:8099 \\
        big.hyper small.hyper packaged.tdsx delta.hyper

The stand-in must be freshly started. `big.hyper` has more than one megabyte, so that it goes up in chunks.
"""

import os
import sys
import tempfile
import uuid

# Read by the client at each publication; they force the way of chunks for files of a megabyte.
os.environ["TSC_CHUNK_SIZE_MB"] = "1"
os.environ["TSC_FILESIZE_LIMIT_MB"] = "1"

import tableauserverclient as TSC


def say(what, *facts):
    print(f"{what:<34}", *facts)


def same_bytes(left, right):
    with open(left, "rb") as a, open(right, "rb") as b:
        return a.read() == b.read()


def find(server, name):
    options = TSC.RequestOptions()
    options.filter.add(
        TSC.Filter(TSC.RequestOptions.Field.Name, TSC.RequestOptions.Operator.Equals, name)
    )
    return list(TSC.Pager(server.datasources, options))


def publish(server, project, name, file, mode, as_job):
    item = TSC.DatasourceItem(project.id, name=name)
    result = server.datasources.publish(item, file, mode, as_job=as_job)
    if as_job:
        job = server.jobs.wait_for_job(result, timeout=60)
        say("  job", job.type, "finish code", job.finish_code, "progress", job.progress)
        (result,) = find(server, name)
    return result


def main(url, big, small, packaged, delta):
    server = TSC.Server(url)
    server.use_server_version()
    say("server version", server.version, server.server_info.get().product_version)
    credentials = TSC.PersonalAccessTokenAuth(
        "demo-token", "demo-secret-not-for-production", site_id="demo"
    )
    with server.auth.sign_in(credentials):
        say("signed in, site", server.site_id)
        projects = list(TSC.Pager(server.projects))
        say("projects", [(project.name, project.parent_id is not None) for project in projects])
        (project,) = [project for project in projects if project.name == "Certified"]

        create, overwrite = TSC.Server.PublishMode.CreateNew, TSC.Server.PublishMode.Overwrite
        single = publish(server, project, "Single hyper", small, create, False)
        say("published .hyper, single", single.name, single.content_url)
        chunked = publish(server, project, "Chunked hyper", big, create, True)
        say("published .hyper, chunks, as job", chunked.name, f"{os.path.getsize(big)} bytes")
        boxed = publish(server, project, "Packaged", packaged, create, True)
        say("published .tdsx, as job", boxed.name, boxed.datasource_type)
        again = publish(server, project, "Chunked hyper", big, overwrite, False)
        say("overwritten, same id", again.id == chunked.id)
        try:
            publish(server, project, "Packaged", packaged, create, False)
        except TSC.ServerResponseError as error:
            say("create again", error.code, error.detail)

        server.datasources.populate_revisions(again)
        say("revisions", [(one.revision_number, one.current) for one in again.revisions])
        server.datasources.populate_connections(boxed)
        say("connections", [(one.connection_type, one.id is not None) for one in boxed.connections])

        condition = {"op": "eq", "source-col": "id", "target-col": "id"}
        action = {
            "action": "upsert",
            "source-schema": "public",
            "source-table": "delta",
            "target-schema": "public",
            "target-table": "sales",
            "condition": condition,
        }
        for target in (single, boxed):
            job = server.datasources.update_hyper_data(
                target, request_id=str(uuid.uuid4()), actions=[action], payload=delta
            )
            job = server.jobs.wait_for_job(job, timeout=60)
            say("updated hyper data of " + target.name, job.type, "finish code", job.finish_code)
        missing = {**action, "source-table": "nowhere"}
        job = server.datasources.update_hyper_data(
            single, request_id=str(uuid.uuid4()), actions=[missing], payload=delta
        )
        try:
            server.jobs.wait_for_job(job, timeout=60)
        except TSC.server.endpoint.exceptions.JobFailedException as error:
            say("update of a missing table", error.notes)

        say("tags", sorted(server.datasources.add_tags(single, ["daily", "two words"])))
        (found,) = find(server, "Single hyper")
        say("filtered by name", found.name, found.project_name, sorted(found.tags))
        found.certified, found.certification_note, found.description = True, "checked", "Sales"
        updated = server.datasources.update(found)
        say("updated", updated.certified, updated.certification_note, updated.description)

        with tempfile.TemporaryDirectory() as directory:
            target = os.path.join(directory, "down")
            path = server.datasources.download(chunked.id, filepath=target)
            say("downloaded", os.path.basename(path), "same bytes:", same_bytes(path, big))
            path = server.datasources.download(boxed.id, filepath=target, include_extract=False)
            say("downloaded without extract", os.path.basename(path), os.path.getsize(path) > 0)

        server.datasources.delete(single.id)
        say("deleted, now found", len(find(server, "Single hyper")))
    say("signed out")


if __name__ == "__main__":
    main(*sys.argv[1:])
