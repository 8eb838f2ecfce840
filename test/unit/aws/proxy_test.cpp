#include "aws/proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/runtime.h"
#include "base/error.h"

namespace tabferry::aws {
namespace {

struct Case {
  std::string url, host;
  uint32_t port;
  std::string user, password;
};

TEST(Proxy, IsReadAsTheHttpClientReadsIt) {
  for (const Case& one : {Case{"http://proxy.local:3128", "proxy.local", 3128, "", ""}, Case{"proxy.local:3128", "proxy.local", 3128, "", ""}, Case{"proxy.local", "proxy.local", 1080, "", ""},
                          Case{"http://me:p%40ss%3A@proxy:8080/", "proxy", 8080, "me", "p@ss:"}, Case{"http://me@proxy:8080", "proxy", 8080, "me", ""},
                          Case{"http://[::1]:3128", "[::1]", 3128, "", ""}, Case{"http://[::1]", "[::1]", 1080, "", ""}}) {
    const Proxy proxy(one.url);
    EXPECT_EQ(view(proxy.get()->host), one.host) << one.url;
    EXPECT_EQ(proxy.get()->port, one.port) << one.url;
    EXPECT_EQ(view(proxy.get()->auth_username), one.user) << one.url;
    EXPECT_EQ(view(proxy.get()->auth_password), one.password) << one.url;
    EXPECT_EQ(proxy.get()->auth_type, one.user.empty() ? AWS_HPAT_NONE : AWS_HPAT_BASIC) << one.url;
  }
}

TEST(Proxy, OfAnotherKindOrWithoutAPortThatCouldBeOneIsRefused) {
  for (const std::string url : {"socks5://proxy:1080", "https://proxy:443", "http://proxy:0", "http://proxy:70000", "http://proxy:x", "http://proxy:"})
    EXPECT_THAT([&] { const Proxy proxy(url); }, testing::Throws<base::Error>(testing::Property(&base::Error::kind, base::ErrorKind::config))) << url;
}

TEST(Proxy, KeepsItsPasswordOutOfMessages) {
  EXPECT_THAT([] { const Proxy proxy("http://me:secret@proxy:x"); }, testing::ThrowsMessage<base::Error>(testing::Not(testing::HasSubstr("secret"))));
}

}  // namespace
}  // namespace tabferry::aws
