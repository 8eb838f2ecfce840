// Starts tabferry with the loader and the libraries that lie beside it, so that it runs on systems whose own are older,
// newer or absent. It is linked statically: where it runs there may be no shell and no libc.
//
//   DIR/NAME        this program; `bootstrap` in an AWS Lambda function
//                   (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html)
//   DIR/bin/NAME    or this one; symbolic links to it are followed
//   DIR/lib/tabferry/{ld-linux-x86-64.so.2, *.so.*, tabferry, ca-certificates.crt}
//
// tabferry sees our argv[0] and arguments. Where SSL_CERT_FILE is not set it becomes the system's CA bundle, wherever
// that is (the library's own idea of it is Debian's), or else the one that lies beside.
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

enum { kLoaderWords = 7 };

static const char* const kSystemBundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Amazon Linux, RHEL, Fedora
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL, where the former link is gone
    "/etc/ssl/cert.pem",
};

static int fail(const char* what) {
  perror(what);
  return 127;
}

static int below(char path[PATH_MAX], const char* folder, const char* name) {
  if (snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX) return 0;
  errno = ENAMETOOLONG;
  return -1;
}

// Of this very file. /proc may be missing; then the kernel's word for what was executed is taken.
static int find_folder(char folder[PATH_MAX]) {
  char self[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
  if (size > 0)
    self[size] = '\0';
  else if (realpath((const char*)getauxval(AT_EXECFN), self) == NULL)
    return -1;
  char* const own = dirname(self);
  char* const tail = strrchr(own, '/');
  const int in_bin = tail != NULL && strcmp(tail, "/bin") == 0;
  if (in_bin) *tail = '\0';
  return below(folder, strcmp(own, "/") == 0 ? "" : own, "lib/tabferry");
}

static void name_ca_bundle(const char* folder) {
  const char* const named = getenv("SSL_CERT_FILE");
  if (named != NULL && *named != '\0') return;
  for (size_t i = 0; i < sizeof kSystemBundles / sizeof *kSystemBundles; ++i)
    if (access(kSystemBundles[i], R_OK) == 0) {
      setenv("SSL_CERT_FILE", kSystemBundles[i], 1);
      return;
    }
  char own[PATH_MAX];
  if (below(own, folder, "ca-certificates.crt") == 0 && access(own, R_OK) == 0) setenv("SSL_CERT_FILE", own, 1);
}

int main(int argc, char** argv) {
  char folder[PATH_MAX], loader[PATH_MAX], program[PATH_MAX];
  if (find_folder(folder) != 0 || below(loader, folder, "ld-linux-x86-64.so.2") != 0 ||
      below(program, folder, "tabferry") != 0)
    return fail("tabferry: the folder of its libraries cannot be named");
  name_ca_bundle(folder);

  const char** const words = calloc((size_t)argc + kLoaderWords + 1, sizeof *words);
  if (words == NULL) return fail("tabferry");
  const char* const first[] = {
      loader, "--inhibit-cache", "--library-path", folder, "--argv0", argc > 0 ? argv[0] : "tabferry", program};
  memcpy(words, first, sizeof first);
  for (int i = 1; i < argc; ++i) words[kLoaderWords + i - 1] = argv[i];
  execv(loader, (char* const*)words);
  return fail(loader);
}
