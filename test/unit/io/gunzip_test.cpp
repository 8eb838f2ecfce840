// gzip as the world writes it, and as it must not pass.
#include "io/gunzip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <random>
#include <vector>

#include "base/error.h"

using tabferry::base::ErrorKind;

namespace tabferry::io {
namespace {

using testing::HasSubstr;

// Bytes in pieces of at most `piece_bytes`.
class PiecesSource : public ByteSource {
 public:
  PiecesSource(std::string bytes, size_t piece_bytes) : bytes_(std::move(bytes)), piece_bytes_(piece_bytes) {}
  size_t read(std::span<char> into) override {
    const size_t got = std::min({into.size(), piece_bytes_, bytes_.size() - at_});
    bytes_.copy(into.data(), got, at_);
    at_ += got;
    return got;
  }

 private:
  std::string bytes_;
  size_t piece_bytes_;
  size_t at_ = 0;
};

std::string gzip(const std::string& plain, int level = 6, const char* file_name = nullptr) {
  z_stream stream{};
  deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  gz_header header{};
  std::string name = file_name == nullptr ? "" : file_name;
  if (file_name != nullptr) {
    header.name = reinterpret_cast<Bytef*>(name.data());
    header.hcrc = 1;
    deflateSetHeader(&stream, &header);
  }
  std::string packed(plain.size() + plain.size() / 100 + 1000, '\0'), copy = plain;
  stream.next_in = reinterpret_cast<Bytef*>(copy.data());
  stream.avail_in = static_cast<uInt>(copy.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string drain(ByteSource& source, size_t block_bytes = 1000) {
  std::string all, block(block_bytes, '\0');
  while (const size_t got = source.read(block)) all.append(block, 0, got);
  EXPECT_EQ(source.read(block), 0U) << "the end stays the end";
  return all;
}

std::string plain_of(const std::string& packed, size_t piece_bytes = 1 << 20, size_t block_bytes = 1000) {
  return drain(*gunzip(std::make_unique<PiecesSource>(packed, piece_bytes), "s3://b/a.csv.gz"), block_bytes);
}

// The message with which it is refused; each further read refuses again.
std::string refusal_of(const std::string& packed, size_t piece_bytes = 1 << 20) {
  const auto source = gunzip(std::make_unique<PiecesSource>(packed, piece_bytes), "s3://b/a.csv.gz");
  std::string message;
  for (int time = 0; time < 2; ++time) {
    try {
      std::string block(100, '\0');
      while (source->read(block) > 0) {}
      ADD_FAILURE() << "looks finished at time " << time << ", " << packed.size() << " bytes";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::corrupt);
      EXPECT_THAT(error.what(), HasSubstr("'s3://b/a.csv.gz'"));
      if (time == 0) message = error.what();
    }
  }
  return message;
}

std::string text(size_t lines) {
  std::string all;
  for (size_t i = 0; i < lines; ++i) all += "line " + std::to_string(i * i) + ", and more\n";
  return all;
}

std::string noise(size_t size) {
  std::minstd_rand random(7);
  std::string all(size, '\0');
  for (auto& byte : all) byte = static_cast<char>(random() >> 8);
  return all;
}

TEST(Gunzip, GivesBackWhatWasPacked) {
  for (const auto& plain : {text(3'000), noise(70'000), std::string(1, 'x'), std::string()})
    for (const int level : {0, 1, 9})   // 0: stored blocks
      for (const size_t piece : {1UL, 7UL, 1UL << 20})
        for (const size_t block : {3UL, 4096UL, 1UL << 20})
          ASSERT_EQ(plain_of(gzip(plain, level), piece, block), plain) << level << ' ' << piece << ' ' << block;
}

TEST(Gunzip, ReadsHeadersWithNames) { EXPECT_EQ(plain_of(gzip("x", 6, "a file.csv"), 1), "x"); }

TEST(Gunzip, ReadsAllMembers) {
  const std::string one = text(1000), two = noise(1000);
  const std::string packed = gzip(one) + gzip("") + gzip(two, 0) + gzip("") + gzip("end");
  for (const size_t piece : {1UL, 3UL, 1000UL, 1UL << 20}) EXPECT_EQ(plain_of(packed, piece, 100), one + two + "end");
  EXPECT_EQ(plain_of(packed, 1 << 20, one.size()), one + two + "end") << "a block that ends with a member";
  EXPECT_EQ(plain_of(gzip("") + gzip("")), "");
}

TEST(Gunzip, BombsComeInBlocks) {
  const auto source = gunzip(std::make_unique<PiecesSource>(gzip(std::string(50'000'000, 'x'), 9), 1 << 20), "bomb");
  std::string block(1000, '\0');
  uint64_t total = 0;
  while (const size_t got = source->read(block)) {
    ASSERT_LE(got, block.size());
    total += got;
  }
  EXPECT_EQ(total, 50'000'000U);
}

TEST(Gunzip, ZerosBehindAreOnlyPadding) {
  for (const size_t piece : {1UL, 1UL << 20}) {
    EXPECT_EQ(plain_of(gzip("x") + std::string(100'000, '\0'), piece), "x");
    EXPECT_THAT(refusal_of(gzip("x") + std::string(10, '\0') + "garbage", piece), HasSubstr("other bytes behind"));
    EXPECT_THAT(refusal_of(gzip("x") + std::string(10, '\0') + gzip("y"), piece), HasSubstr("other bytes behind"));
  }
}

TEST(Gunzip, RefusesOtherBytesBehind) {
  EXPECT_THAT(refusal_of(gzip("x") + "garbage"), HasSubstr("other bytes behind"));
  EXPECT_THAT(refusal_of(gzip("x") + "\x1fxx", 1), HasSubstr("broken gzip data"));
  EXPECT_THAT(refusal_of(gzip("x") + "\x1f"), HasSubstr("ends in the middle"));
}

TEST(Gunzip, RefusesWhatIsNoGzip) {
  EXPECT_THAT(refusal_of("id,name\n1,x\n"), HasSubstr("not gzip data"));
  EXPECT_THAT(refusal_of("\x28\xb5\x2f\xfd zstd"), HasSubstr("not gzip data"));
  EXPECT_THAT(refusal_of(std::string(100, '\0')), HasSubstr("not gzip data"));
  EXPECT_THAT(refusal_of(""), HasSubstr("ends in the middle"));
}

TEST(Gunzip, ACutNeverLooksFinished) {
  const std::string packed = gzip(text(100), 6, "named") + gzip(noise(50), 0) + gzip("");
  const std::vector<size_t> whole = {gzip(text(100), 6, "named").size(), packed.size() - gzip("").size()};
  for (size_t size = 0; size < packed.size(); ++size)
    for (const size_t piece : {1UL, 1UL << 20}) {
      if (std::find(whole.begin(), whole.end(), size) != whole.end()) continue;   // a gzip file of its own
      EXPECT_THAT(refusal_of(packed.substr(0, size), piece), HasSubstr("ends in the middle")) << size;
    }
}

TEST(Gunzip, EveryByteIsChecked) {
  const std::string plain = text(20), packed = gzip(plain, 0);
  for (size_t at = 0; at < packed.size(); ++at) {
    if (at >= 4 && at < 10) continue;   // time, hints and system: not data, not checked
    std::string broken = packed;
    broken[at] = static_cast<char>(broken[at] ^ 2);
    EXPECT_THAT(refusal_of(broken), HasSubstr("gzip")) << at;
  }
}

TEST(Gunzip, TellsAWrongChecksumAndAWrongLength) {
  std::string packed = gzip(text(20));
  packed[packed.size() - 8] ^= 1;
  EXPECT_THAT(refusal_of(packed), HasSubstr("incorrect data check"));
  packed = gzip(text(20));
  packed[packed.size() - 1] ^= 1;
  EXPECT_THAT(refusal_of(packed), HasSubstr("incorrect length check"));
  EXPECT_THAT(refusal_of(gzip("good") + packed), HasSubstr("its member 2"));
}

TEST(Gunzip, WhatTheSourceThrowsComesThrough) {
  struct Cut : ByteSource {
    size_t read(std::span<char>) override { base::fail(ErrorKind::transient, "cut"); }
  };
  const auto source = gunzip(std::make_unique<Cut>(), "x");
  std::string block(10, '\0');
  try {
    source->read(block);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::transient);
  }
}

}  // namespace
}  // namespace tabferry::io
