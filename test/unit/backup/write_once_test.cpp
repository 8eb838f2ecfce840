// No key is written twice.
#include "backup/write_once.h"

#include "seal_fixture.h"

namespace tabferry::backup {
namespace {

using base::ErrorKind;

// Another writer that comes first: puts `rival` under the key when its sink is about to be committed.
class RivalStore : public store::DirStore {
 public:
  using DirStore::DirStore;

  std::unique_ptr<store::ObjectSink> create(std::string_view key, const store::CreateOptions& options) const override {
    return std::make_unique<Sink>(*this, std::string(key), DirStore::create(key, options));
  }

  mutable int rivals = 0;  // how many of them come
  std::string bytes = "a rival's";

 private:
  class Sink : public store::ObjectSink {
   public:
    Sink(const RivalStore& rival, std::string key, std::unique_ptr<store::ObjectSink> inner)
        : rival_(rival), key_(std::move(key)), inner_(std::move(inner)) {}
    void write(std::string_view bytes) override { inner_->write(bytes); }
    void commit() override {
      if (rival_.rivals > 0) rival_.come_first(key_);
      inner_->commit();
    }
    store::Object object() const override { return inner_->object(); }

   private:
    const RivalStore& rival_;
    const std::string key_;
    std::unique_ptr<store::ObjectSink> inner_;
  };

  void come_first(const std::string& key) const {
    --rivals;
    const auto sink = DirStore::create(key, {.if_absent = true});
    sink->write(bytes);
    sink->commit();
  }
};

class WriteOnceTest : public ::testing::Test {
 protected:
  // The key that it got.
  static std::string written(WriteOnce& names, std::string_view key) {
    const auto sink = names.open(key);
    sink->write("mine");
    sink->commit();
    return sink->object().key;
  }
  Spool& spooled(std::string_view text) {
    spool_.emplace(folder_.path());
    spool_->write(text);
    spool_->commit();
    return *spool_;
  }

  base::TempDir folder_{fast_temp_parent()};
  RivalStore store_{folder_.path() / "store", "file:///store/"};
  std::optional<Spool> spool_;
};

TEST(Numbered, KeepsTheExtensionLast) {
  EXPECT_EQ(numbered("a/x.twbx", 1), "a/x.twbx");
  EXPECT_EQ(numbered("a/x.twbx", 2), "a/x~2.twbx");
  EXPECT_EQ(numbered("a/x v1.2.tdsx", 12), "a/x v1.2~12.tdsx");
  EXPECT_EQ(numbered("a.b/README", 3), "a.b/README~3");
  EXPECT_EQ(numbered("a/.hidden", 2), "a/.hidden~2");
  EXPECT_EQ(numbered("x", 2), "x~2");
}

TEST_F(WriteOnceTest, ATakenNameBecomesTheNextOne) {
  put(store_, "s/x.twbx", "old");
  put(store_, "s/x~2.twbx", "old");
  WriteOnce names(store_, "s/");
  EXPECT_EQ(written(names, "s/x.twbx"), "s/x~3.twbx");
  EXPECT_EQ(written(names, "s/x.twbx"), "s/x~4.twbx");
  EXPECT_EQ(written(names, "s/y.twbx"), "s/y.twbx");
  EXPECT_EQ(bytes_of(store_, "s/x.twbx"), "old");
  EXPECT_EQ(bytes_of(store_, "s/x~3.twbx"), "mine");
}

TEST_F(WriteOnceTest, OneThatIsTakenMeanwhileIsAConflictAndHasTheNextNameThen) {
  WriteOnce names(store_, "s/");
  store_.rivals = 1;
  EXPECT_EQ(thrown_by([&] { written(names, "s/x.twbx"); }).kind, ErrorKind::conflict);
  EXPECT_EQ(written(names, "s/x.twbx"), "s/x~2.twbx");
  EXPECT_EQ(bytes_of(store_, "s/x.twbx"), "a rival's");
  EXPECT_EQ(bytes_of(store_, "s/x~2.twbx"), "mine");
}

TEST_F(WriteOnceTest, OneThatIsSeenToBeTakenAtOpenIsPassedOver) {
  WriteOnce names(store_, "s/");
  put(store_, "s/x.twbx", "came behind the listing");
  EXPECT_EQ(written(names, "s/x.twbx"), "s/x~2.twbx");
}

TEST_F(WriteOnceTest, TheSameBytesAreNotWrittenTwice) {
  const auto first = put_once(store_, "s/x", spooled("same"));
  const auto second = put_once(store_, "s/x", spooled("same"));
  EXPECT_EQ(second.key, "s/x");
  EXPECT_EQ(second.etag, first.etag);
  EXPECT_EQ(put_once(store_, "s/x", spooled("othr")).key, "s/x~2");
  EXPECT_EQ(put_once(store_, "s/x", spooled("longer")).key, "s/x~3");
  EXPECT_EQ(put_once(store_, "s/x", spooled("othr")).key, "s/x~2");
  EXPECT_EQ(bytes_of(store_, "s/x"), "same");
}

TEST_F(WriteOnceTest, ARivalWithTheSameBytesIsAsGood) {
  store_.rivals = 1;
  store_.bytes = "same";
  EXPECT_EQ(put_once(store_, "s/x", spooled("same")).key, "s/x");
  store_.rivals = 1;
  EXPECT_EQ(put_once(store_, "s/y", spooled("mine")).key, "s/y~2");
}

TEST_F(WriteOnceTest, ASpoolHasWhatWasWrittenAndNoFile) {
  Spool spool(folder_.path());
  std::string all;
  for (int i = 0; i < 3; ++i) {
    const std::string some(200'000, static_cast<char>('a' + i));
    spool.write(some);
    all += some;
  }
  EXPECT_EQ(spool.read(199'999, 2), "ab");
  spool.commit();
  EXPECT_EQ(spool.size_bytes(), all.size());
  EXPECT_EQ(spool.sha256(), base::sha256_hex(all));
  EXPECT_EQ(spool.read(0, all.size()), all);
  const auto is_ours = [](const auto& file) { return file.path().filename() != ".lock"; };
  for (const auto& file : std::filesystem::directory_iterator(folder_.path())) EXPECT_FALSE(is_ours(file)) << file;
}

}  // namespace
}  // namespace tabferry::backup
