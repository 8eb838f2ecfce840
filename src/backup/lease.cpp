#include "backup/lease.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <random>

#include "backup/json_fields.h"
#include "base/error.h"
#include "base/text.h"
#include "base/url.h"
#include "store/small.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

constexpr int kAttempts = 8;  // to overwrite what others overwrite at the same time

doc::Json to_json(const Holder& holder, bool released) {
  return {{"plan", holder.plan}, {"run", holder.run},     {"host", holder.host},
          {"what", holder.what}, {"since", holder.since}, {"released", released}};
}

struct Stored {
  Holder holder;
  bool released = false;
  store::Object object;
};

// What is no lock of ours (cut, edited) is held by nobody that is known: it dies as any other does.
doc::Json json_of_lock(const std::string& text) {
  try {
    auto json = doc::parse_json(text, "");
    if (json.is_object()) return json;
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::corrupt) throw;
  }
  return doc::Json::object();
}

// Some servers show an object that is being replaced with the bytes of the one and the checksum of the other.
std::optional<store::Text> read_whole(const store::Store& store, const std::string& key) {
  for (int attempt = 1;; ++attempt) {
    try {
      return store::read_text(store, key);
    } catch (const base::Error& error) {
      if (error.kind() != ErrorKind::corrupt || attempt == kAttempts) throw;
    }
  }
}

std::optional<Stored> read_lock(const store::Store& store, const std::string& key) {
  const auto found = read_whole(store, key);
  if (!found) return std::nullopt;
  const std::string where = store.url(key);
  const auto json = json_of_lock(found->text);
  const auto text = [&](const char* name) { return text_in(json, name, where); };
  return Stored{.holder = {.plan = text("plan"),
                           .run = text("run"),
                           .host = text("host"),
                           .what = text("what"),
                           .since = text("since")},
                .released = flag_in(json, "released", where),
                .object = found->object};
}

}  // namespace

std::string lease_key(const std::string& server, const std::string& site_luid) {
  std::string host = base::parse_url(server).host;
  std::replace(host.begin(), host.end(), ':', '_');
  return fmt::format("locks/{}_{}.json", host, site_luid);
}

Holder fresh_holder(std::string what) {
  std::random_device dice;
  std::array<char, 256> host{};
  const bool named = ::gethostname(host.data(), host.size() - 1) == 0;
  return {.plan = "",
          .run = fmt::format("{:08x}{:08x}", dice(), dice()),
          .host = named ? host.data() : "?",
          .what = std::move(what),
          .since = ""};
}

struct Lease::State {
  State(const store::Store& the_store, std::string the_key, Holder the_holder)
      : store(the_store), key(std::move(the_key)), holder(std::move(the_holder)) {}

  bool shares(const Stored& there) const {
    return there.released || there.holder.run == holder.run ||
           (!holder.plan.empty() && there.holder.plan == holder.plan);
  }

  // Called with the mutex held. `may_take` says whether what is there may be overwritten, else throws.
  template <class MayTake>
  void overwrite(bool released, const MayTake& may_take) {
    for (int attempt = 1;; ++attempt) {
      const auto there = read_lock(store, key);
      if (there) may_take(*there);
      if (attempt > 1 && !released && there && is_renewed(*there)) return;
      store::CreateOptions condition;
      if (there)
        condition.if_match = there->object.etag;
      else
        condition.if_absent = true;
      try {
        store::put_text(store, key, doc::to_line(to_json(holder, released)) + "\n", condition);
        return;
      } catch (const base::Error& error) {
        if (error.kind() != ErrorKind::conflict || attempt == kAttempts) throw;
      }
    }
  }

  // Many workers of one plan may begin at once: who came second to another one of them needs no turn of its own.
  bool is_renewed(const Stored& there) const {
    return shares(there) && !there.released && store.now() - there.object.modified_at < kLeaseRenewal;
  }

  void refuse_living(const Stored& there) const {
    if (shares(there)) return;
    const auto age = std::chrono::floor<std::chrono::seconds>(store.now() - there.object.modified_at);
    if (age >= kLeaseLife || age <= -kLeaseLife) return;  // from the future: a clock went wrong, nobody renews it
    if (there.holder.run.empty() && there.holder.host.empty())
      base::fail(
          ErrorKind::refused,
          "{} is no lock that can be read: who is at work on this site is not known (written {} s ago). Wait for "
          "its end; where nobody renews it, it is taken over after {} s",
          store.url(key), std::max<int64_t>(0, age.count()), kLeaseLife.count());
    base::fail(
        ErrorKind::refused,
        "another {} of this site is at work: {}, on {}, since {} (last heard of {} s ago; {}). Wait for its end; "
        "where it died it is taken over after {} s of silence",
        there.holder.what.empty() ? "run" : there.holder.what,
        there.holder.plan.empty() ? "still planning" : base::quoted(there.holder.plan), base::quoted(there.holder.host),
        there.holder.since, std::max<int64_t>(0, age.count()), store.url(key), kLeaseLife.count());
  }

  void refuse_taken(const Stored& there) const {
    if (shares(there) && !there.released) return;
    if (there.released && there.holder.plan == holder.plan) return;
    base::fail(
        ErrorKind::refused,
        "another {} of this site took over while this one was silent: {} on {} ({}). This one stops; what it did "
        "is kept",
        there.holder.what.empty() ? "run" : there.holder.what, base::quoted(there.holder.plan),
        base::quoted(there.holder.host), store.url(key));
  }

  const store::Store& store;
  const std::string key;
  std::mutex mutex;
  Holder holder;
  bool left = false;
};

Lease::Lease(const store::Store& store, std::string key, Holder holder, const base::Clock& clock)
    : state_(std::make_unique<State>(store, std::move(key), std::move(holder))) {
  if (state_->holder.since.empty()) state_->holder.since = base::iso_time(clock.now());
  state_->overwrite(false, [this](const Stored& there) { state_->refuse_living(there); });
}

Lease::~Lease() {
  if (state_->left) return;
  try {
    const std::lock_guard lock(state_->mutex);
    const auto there = read_lock(state_->store, state_->key);
    if (there && there->holder.run == state_->holder.run)
      state_->overwrite(true, [this](const Stored& now) { state_->refuse_taken(now); });
  } catch (const std::exception&) {
    // It dies by itself after kLeaseLife.
  }
}

void Lease::name_plan(const std::string& snapshot) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->holder.plan = snapshot;
  }
  renew();
}

void Lease::leave() { state_->left = true; }

void Lease::renew() {
  const std::lock_guard lock(state_->mutex);
  state_->overwrite(false, [this](const Stored& there) { state_->refuse_taken(there); });
}

}  // namespace tabferry::backup
