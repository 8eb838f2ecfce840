// The file being written, on file systems with and without nameless files.
#include "package/target.h"

#include <unistd.h>

#include "unit/package/packages.h"

using tabferry::base::ErrorKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace tabferry::package::test {
namespace {

class TargetTest : public PackageTest, public testing::WithParamInterface<bool> {
 protected:
  static void fill(const Target& target) { ASSERT_EQ(::pwrite(target.fd(), "whole", 5, 0), 5); }
};

TEST_P(TargetTest, IsThereOnlyWhenCommitted) {
  write("out.tdsx", "an older one");
  Target target(path("out.tdsx"), GetParam());
  fill(target);
  EXPECT_EQ(bytes_of(path("out.tdsx")), "an older one");
  target.commit();
  EXPECT_EQ(bytes_of(path("out.tdsx")), "whole");
  EXPECT_THAT(names_in_folder(), ElementsAre("out.tdsx"));
}

TEST_P(TargetTest, LeavesNothingWhenItIsDropped) {
  fill(Target(path("out.tdsx"), GetParam()));
  EXPECT_THAT(names_in_folder(), IsEmpty());
}

TEST_P(TargetTest, APassingNameThatIsTakenIsNotTouched) {
  const std::string taken = "out.tdsx.tmp-" + std::to_string(::getpid()) + "-0";
  write(taken, "somebody's");
  Target target(path("out.tdsx"), GetParam());
  fill(target);
  target.commit();
  EXPECT_EQ(bytes_of(path(taken)), "somebody's");
  EXPECT_EQ(bytes_of(path("out.tdsx")), "whole");
}

TEST_P(TargetTest, SaysWhatItCannotMake) {
  EXPECT_THAT(error_of(ErrorKind::io, [&] { Target(path("none/out.tdsx"), GetParam()); }), HasSubstr("none/out.tdsx"));
}

TEST_P(TargetTest, AFailedCommitLeavesNothing) {
  std::filesystem::create_directories(path("out.tdsx/full"));   // a rename over a folder fails
  {
    Target target(path("out.tdsx"), GetParam());
    fill(target);
    error_of(ErrorKind::io, [&] { target.commit(); });
  }
  EXPECT_THAT(names_in_folder(), ElementsAre("out.tdsx"));
}

INSTANTIATE_TEST_SUITE_P(Both, TargetTest, testing::Bool(),
                         [](const auto& one) { return one.param ? "Nameless" : "Named"; });

}  // namespace
}  // namespace tabferry::package::test
