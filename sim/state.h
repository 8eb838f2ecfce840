// What the site holds, as values. Times are ISO 8601 in UTC, as the REST API says them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace tabferry::sim {

struct User {
  std::string id;
  std::string name;
  std::string full_name;
  std::string site_role;
  std::string password_sha256;
};

struct AccessToken {   // a personal access token
  std::string name;
  std::string secret_sha256;
  std::string user_id;
};

struct Project {
  std::string id;
  std::string name;
  std::string description;
  std::string parent_id;   // "" at the top
  std::string owner_id;
  std::string created_at;
  std::string updated_at;
};

struct Datasource {
  std::string id;
  std::string name;
  std::string description;
  std::string project_id;
  std::string owner_id;
  std::string content_url;
  std::string file_type;       // "tdsx", "tds", "hyper": what was published and what a download gives
  std::string content_file;    // its name in the content folder
  std::string created_at;
  std::string updated_at;
  uint64_t number = 0;         // in its webpageUrl
  uint64_t size_bytes = 0;
  bool use_remote_query_agent = false;
};

// A publish whose file is already in the content folder.
struct PublishOrder {
  std::string name;
  std::string description;
  std::string project_id;
  std::string owner_id;
  std::string file_type;
  std::string content_file;
  uint64_t size_bytes = 0;
  bool use_remote_query_agent = false;
  bool overwrite = false;
};

struct Job {
  std::string id;
  std::string type;            // "PublishDatasource"
  std::string created_at;
  std::string completed_at;    // "" while it runs
  std::string notes;           // why it failed
  int finish_code = 0;         // 0 done, 1 failed, 2 cancelled; means nothing before completed_at
  std::string subject;         // the name of what it works on
  std::optional<PublishOrder> order;   // what is still to be done
  std::string planned_failure; // the notes it will fail with, by a fault
  bool was_seen = false;       // somebody asked for it and heard that it runs
};

struct State {
  std::string site_id;
  std::string site_name;
  std::string site_content_url;
  uint64_t last_number = 0;
  std::map<std::string, User> users;                 // by id, as all below but the tokens
  std::map<std::string, AccessToken> access_tokens;  // by name
  std::map<std::string, Project> projects;
  std::map<std::string, Datasource> datasources;
  std::map<std::string, Job> jobs;
};

// "state.json": the values above, without loss. A key that a file lacks keeps its default, so that a newer program
// reads an older file. Throws Error{corrupt}; `where` names the file in it.
std::string to_text(const State& state);
State parse_state(std::string_view text, std::string_view where);

}  // namespace tabferry::sim
