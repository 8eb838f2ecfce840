#include "sim/state.h"

#include "base/error.h"
#include "doc/json.h"

namespace tabferry::sim {
namespace {

using doc::Json;

constexpr int kFormat = 1;

// One list of fields a value serves both ways: `fields(archive, value)` with a Writer or a Reader.
struct Writer;
struct Reader;
template <class Archive, class T>
concept FieldsOf = requires(Archive& archive, T& value) { fields(archive, value); };

template <class Archive>
void fields(Archive& a, User& v) {
  a("id", v.id), a("name", v.name), a("fullName", v.full_name), a("siteRole", v.site_role);
  a("passwordSha256", v.password_sha256);
}

template <class Archive>
void fields(Archive& a, AccessToken& v) {
  a("name", v.name), a("secretSha256", v.secret_sha256), a("user", v.user_id);
}

template <class Archive>
void fields(Archive& a, Project& v) {
  a("id", v.id), a("name", v.name), a("description", v.description), a("parent", v.parent_id), a("owner", v.owner_id);
  a("createdAt", v.created_at), a("updatedAt", v.updated_at);
}

template <class Archive>
void fields(Archive& a, Datasource& v) {
  a("id", v.id), a("name", v.name), a("description", v.description), a("project", v.project_id);
  a("owner", v.owner_id), a("contentUrl", v.content_url), a("fileType", v.file_type);
  a("contentFile", v.content_file), a("createdAt", v.created_at), a("updatedAt", v.updated_at);
  a("number", v.number), a("sizeBytes", v.size_bytes), a("useRemoteQueryAgent", v.use_remote_query_agent);
}

template <class Archive>
void fields(Archive& a, PublishOrder& v) {
  a("name", v.name), a("description", v.description), a("project", v.project_id), a("owner", v.owner_id);
  a("fileType", v.file_type), a("contentFile", v.content_file), a("sizeBytes", v.size_bytes);
  a("useRemoteQueryAgent", v.use_remote_query_agent), a("overwrite", v.overwrite);
}

template <class Archive>
void fields(Archive& a, Job& v) {
  a("id", v.id), a("type", v.type), a("createdAt", v.created_at), a("completedAt", v.completed_at);
  a("notes", v.notes), a("finishCode", v.finish_code), a("subject", v.subject), a("order", v.order);
  a("plannedFailure", v.planned_failure), a("wasSeen", v.was_seen);
}

template <class Archive>
void fields(Archive& a, State& v) {
  a("siteId", v.site_id), a("siteName", v.site_name), a("siteContentUrl", v.site_content_url);
  a("lastNumber", v.last_number), a("users", v.users), a("accessTokens", v.access_tokens);
  a("projects", v.projects), a("datasources", v.datasources), a("jobs", v.jobs);
}

struct Writer {
  Json out = Json::object();

  template <class T>
  void operator()(const char* key, T& value) {
    out[key] = json_of(value);
  }

 private:
  template <class T>
  static Json json_of(T& value) {
    if constexpr (FieldsOf<Writer, T>) {
      Writer inner;
      fields(inner, value);
      return std::move(inner.out);
    } else {
      return value;
    }
  }
  template <class T>
  static Json json_of(std::optional<T>& value) {
    return value ? json_of(*value) : Json(nullptr);
  }
  template <class T>
  static Json json_of(std::map<std::string, T>& values) {
    Json all = Json::object();
    for (auto& [key, value] : values) all[key] = json_of(value);
    return all;
  }
};

struct Reader {
  const Json& in;

  template <class T>
  void operator()(const char* key, T& value) {
    if (const auto at = in.find(key); at != in.end()) take(*at, value);
  }

 private:
  template <class T>
  static void take(const Json& json, T& value) {
    if constexpr (FieldsOf<Reader, T>) {
      Reader inner{json};
      fields(inner, value);
    } else {
      value = json.get<T>();
    }
  }
  template <class T>
  static void take(const Json& json, std::optional<T>& value) {
    if (!json.is_null()) take(json, value.emplace());
  }
  template <class T>
  static void take(const Json& json, std::map<std::string, T>& values) {
    for (const auto& [key, item] : json.items()) take(item, values[key]);
  }
};

}  // namespace

std::string to_text(const State& state) {
  State copy = state;   // the one list of fields takes references that may be written
  Writer writer;
  writer.out["format"] = kFormat;
  fields(writer, copy);
  return writer.out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

State parse_state(std::string_view text, std::string_view where) {
  const Json json = doc::parse_json(text, where);
  try {
    if (json.at("format").get<int>() != kFormat)
      base::fail(base::ErrorKind::corrupt, "{}: written by another version of tabferry-sim", where);
    State state;
    Reader reader{json};
    fields(reader, state);
    return state;
  } catch (const Json::exception& error) {
    base::fail(base::ErrorKind::corrupt, "{}: not the state of a simulated site ({})", where, error.what());
  }
}

}  // namespace tabferry::sim
