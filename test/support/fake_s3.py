"""A bucket that says what a test wants it to say: for fake_http. No judge of anything: for what S3Store sends, and for answers that a
real server does not give.

    fake = FakeS3({"a": b"bytes"}); fake.before = lambda request: (503, {}, SLOW_DOWN) if ... else None
    with fake_http(fake) as server: ...
"""
import re
from urllib.parse import unquote

XML = {"Content-Type": "application/xml"}


def error_xml(code, message="words", more=""):
    return f"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message>{more}<RequestId>R1</RequestId></Error>".encode()


def signer(request):
    """(access key id, region, session token) that signed it."""
    key, region = re.search(r"Credential=([^/]+)/\d+/([^/]+)/s3/", request.headers["Authorization"]).groups()
    return key, region, request.headers.get("X-Amz-Security-Token")


class FakeS3:
    def __init__(self, objects=None, headers=None, bucket="bucket"):
        self.objects, self.headers, self.bucket = dict(objects or {}), headers or {}, bucket   # headers: of every GET and HEAD of an object
        self.before = lambda request: None
        self.parts = {}

    def __call__(self, request):
        answer = self.before(request)
        if answer is not None:
            return answer
        key = unquote(request.path)[len(self.bucket) + 2:]
        if not key:
            return self._bucket(request)
        return getattr(self, "_" + request.method.lower())(key, request)

    def _bucket(self, request):
        if request.method == "HEAD":
            return 200, {}, b""
        found = "".join(f"<Contents><Key>{key}</Key><Size>{len(data)}</Size><ETag>\"1\"</ETag></Contents>" for key, data in sorted(self.objects.items()))
        return 200, XML, f"<ListBucketResult>{found}<IsTruncated>false</IsTruncated></ListBucketResult>".encode()

    def _head(self, key, _):
        if key not in self.objects:
            return 404, {}, b""
        return 200, {"ETag": '"1"', "Content-Length": str(len(self.objects[key])), **self.headers}, b""

    def _get(self, key, request):
        if key not in self.objects:
            return 404, XML, error_xml("NoSuchKey")
        data, headers = self.objects[key], {"ETag": '"1"', "Content-Type": "binary/octet-stream"}
        if "Range" not in request.headers and "partNumber" not in request.query:
            return 200, {**headers, **self.headers}, data
        begin, end = (int(number) for number in request.headers.get("Range", f"bytes=0-{len(data) - 1}")[6:].split("-"))
        end = min(end, len(data) - 1)
        headers["Content-Range"] = f"bytes {begin}-{end}/{len(data)}"
        if (begin, end) == (0, len(data) - 1):
            headers.update(self.headers)    # as S3 does: the checksum is the object's, so it comes with all of it
        return 206, headers, data[begin:end + 1]

    def _put(self, key, request):
        if "x-amz-copy-source" in request.headers:
            return 200, XML, b"<CopyObjectResult><ETag>\"2\"</ETag></CopyObjectResult>"
        return 200, {"ETag": '"2"'}, b""

    def _post(self, key, request):
        if "uploads" in request.query:
            return 200, XML, b"<InitiateMultipartUploadResult><UploadId>the id</UploadId></InitiateMultipartUploadResult>"
        return 200, XML, b"<CompleteMultipartUploadResult><ETag>\"3-2\"</ETag></CompleteMultipartUploadResult>"

    def _delete(self, *_):
        return 204, {}, b""
