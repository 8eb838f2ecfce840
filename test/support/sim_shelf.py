"""Publishes to tabferry-sim by tableauserverclient, and asks for it back."""

import io

import pytest
import sim_files
import tableauserverclient as TSC


def project_id(server, name="default"):
    return next(project.id for project in TSC.Pager(server.projects) if project.name == name)


class Shelf:
    """Publishes by the client: put.workbook("Book"), put.datasource("Sales"), put.flow("Clean")."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder

    def project(self, name="default"):
        return project_id(self.server, name)

    def file(self, content, extension):
        path = self.folder / f"file.{extension}"
        path.write_bytes(content)
        return str(path)

    def workbook(
            self, name="Book", content=None, extension="twbx", mode="CreateNew", project="default", item=None, **more):
        item = item or TSC.WorkbookItem(self.project(project), name)
        return self.server.workbooks.publish(item, self.file(content or sim_files.twbx(), extension), mode, **more)

    def datasource(self, name="Sales", content=None, extension="tdsx", mode="CreateNew", project="default", item=None,
                   **more):
        item = item or TSC.DatasourceItem(self.project(project), name)
        return self.server.datasources.publish(item, self.file(content or sim_files.tdsx(), extension), mode, **more)

    def flow(self, name="Clean", content=None, extension="tflx", mode="CreateNew", project="default", **more):
        item = TSC.FlowItem(self.project(project), name)
        return self.server.flows.publish(item, self.file(content or sim_files.flow(), extension), mode, **more)


def refused(code):
    kind = TSC.FailedSignInError if code // 1000 == 401 else TSC.ServerResponseError
    return pytest.raises(kind, match=f"\\s{code}: ")


def bytes_of(endpoint, *arguments, **more):
    buffer = io.BytesIO()
    endpoint(*arguments, filepath=buffer, **more)
    return buffer.getvalue()
