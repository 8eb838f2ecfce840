#include <fcntl.h>

#include <iostream>

#include "base/error.h"
#include "base/fd.h"
#include "cli/commands.h"
#include "io/file.h"

namespace tabferry::cli {
namespace {

// Never over a file that is there: a config is handwork.
void write_new_file(const std::filesystem::path& path, const std::string& text) {
  const base::Fd claimed(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!claimed && errno == EEXIST)
    base::fail(base::ErrorKind::refused, "{} is there already and stays as it is; -o FILE writes another one, -o - prints it", path.string());
  if (!claimed) base::fail_errno(errno, "making " + path.string());
  io::FileSink sink(path);
  sink.write(text);
  sink.commit();
}

}  // namespace

Run add_init(CLI::App& command) {
  const auto url = std::make_shared<std::string>();
  const auto output = std::make_shared<std::string>("tabferry.yaml");
  command.add_option("--from-url", *url, "what the browser's address bar shows on your site");
  command.add_option("-o,--output", *output, "the file to write; - for stdout")->capture_default_str();
  command.footer("\nExamples:\n  tabferry init --from-url 'https://eu-west-1a.online.tableau.com/#/site/sales/home'\n  tabferry init -o -\n");
  return [=](std::stop_token) {
    const auto text = app::starter_config(*url);
    if (*output == "-") {
      std::cout << text;
      return 0;
    }
    write_new_file(*output, text);
    std::cout << "wrote " << *output << "\nnext: put in your own names, files and columns, then  tabferry doctor,"
                 "  and  tabferry publish --dry-run  or  tabferry backup --dry-run\n";
    return 0;
  };
}

}  // namespace tabferry::cli
