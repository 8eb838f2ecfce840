#include "aws/secrets.h"

#include <array>

#include "aws/signed_call.h"
#include "base/error.h"
#include "base/text.h"
#include "doc/json.h"

using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

// What one of the two services is asked, and what it takes.
struct Question {
  std::string_view service;  // in the host name and in the signature
  std::string_view people;   // what people call it
  std::string_view target;   // x-amz-target
  std::string_view right;    // the IAM action
  std::string name;
  doc::Json body;
};

struct Known {
  std::string_view code;
  ErrorKind kind;
  std::string_view cure;
};

constexpr std::array kKnown = {
    Known{"ResourceNotFoundException", ErrorKind::not_found, "There is none of that name in this region and account"},
    Known{"ParameterNotFound", ErrorKind::not_found, "There is none of that name in this region and account"},
    Known{"ParameterVersionNotFound", ErrorKind::not_found, "It has no such version or label"},
    Known{"InvalidRequestException", ErrorKind::denied, "Is it marked for deletion?"},
    Known{"DecryptionFailure", ErrorKind::denied, "The credentials lack the right kms:Decrypt for its key"},
    Known{"InvalidKeyId", ErrorKind::denied, "The credentials lack the right kms:Decrypt for its key"},
    Known{"UnrecognizedClientException", ErrorKind::denied, "The access key is not known there"},
    Known{"InvalidSignatureException", ErrorKind::denied,
          "The secret access key does not belong to the access key id, or this machine's clock is wrong"},
    Known{"ExpiredTokenException", ErrorKind::denied, "The session token has expired: get new credentials"},
    Known{"ThrottlingException", ErrorKind::transient, "It asks to slow down"},
    Known{"InternalServiceError", ErrorKind::transient, ""},
    Known{"InternalServerError", ErrorKind::transient, ""},
};

std::string text_of(const doc::Json& object, std::string_view key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// The parser's own words may hold bytes of the secret.
doc::Json parsed(const base::Secret& body, const std::string& doing) {
  try {
    return doc::parse_json(body.reveal(), "the answer");
  } catch (const base::Error&) {
    base::fail(ErrorKind::corrupt, "{}: the answer is no JSON. Is the endpoint AWS's?", doing);
  }
}

// "com.amazonaws.x#ResourceNotFoundException" -> "ResourceNotFoundException", fit for a message.
std::string code_in(const doc::Json& answer) {
  std::string code = text_of(answer, "__type");
  code.erase(0, code.rfind('#') + 1);
  if (code.size() > 80) code.resize(80);
  std::erase_if(code, [](char c) { return c < 0x21 || c > 0x7E; });
  return code;
}

// A secret that CloudFormation made, and nobody filled: the code is as of one that is not there.
constexpr std::string_view kNoValue = "AWSCURRENT";

std::string cure_of(const Question& question, const Known* known, int status, std::string_view message) {
  if (known && known->code == "ResourceNotFoundException" && message.find(kNoValue) != std::string_view::npos)
    return fmt::format(
        ". It has no value yet: aws secretsmanager put-secret-value --secret-id {} --secret-string file://secret.json",
        question.name);
  if (known && !known->cure.empty()) return fmt::format(". {}", known->cure);
  if (status == 403 || status == 400)
    return fmt::format(". Do the credentials have the right {}?", question.right);
  return "";
}

[[noreturn]] void fail_refused(const Question& question, const std::string& doing, const http::Response& response) {
  doc::Json answer;
  try {
    answer = doc::parse_json(response.body, "the answer");
  } catch (const base::Error&) {  // a page of some proxy: its status says enough
  }
  const std::string code = code_in(answer);
  const std::string message = text_of(answer, text_of(answer, "message").empty() ? "Message" : "message");
  const Known* known = nullptr;
  for (const auto& one : kKnown)
    if (one.code == code) known = &one;
  const bool passing = response.status == 429 || response.status >= 500;
  const ErrorKind kind = known ? known->kind : passing ? ErrorKind::transient : ErrorKind::denied;
  base::fail(kind, "{}: {} answered {}{}{}{}{}", doing, question.people, response.status, code.empty() ? "" : " ", code,
             message.empty() ? "" : ": " + base::quoted(message, 300),
             cure_of(question, known, response.status, message));
}

}  // namespace

struct Secrets::State {
  State(SecretsOptions the_options, const base::Clock& clock)
      : options(std::move(the_options)), service(options.connection, clock) {}

  std::string region_of(const Question& question) const {
    const std::string told = region_in_arn(question.name);
    if (told.empty() && options.region.empty())
      base::fail(ErrorKind::config,
                 "asking {} for {}: nothing says in which region it is; set s3.region or AWS_REGION, or write its "
                 "whole ARN",
                 question.people, base::quoted(question.name, 300));
    return told.empty() ? options.region : told;
  }

  // The answer of a success.
  doc::Json ask(const Question& question, const std::string& endpoint, std::stop_token stop) {
    const std::string region = region_of(question);
    const auto doing = fmt::format("asking {} in {} for {}", question.people, region, base::quoted(question.name, 300));
    const ServiceCall call{.url = service_address(endpoint, question.service, region),
                           .headers = {{"content-type", "application/x-amz-json-1.1"},
                                       {"x-amz-target", std::string(question.target)}},
                           .body = base::Secret(doc::to_line(question.body)),
                           .scope = {.region = region, .service = std::string(question.service)},
                           .limit = options.limit};
    auto response = aws::ask(service, *options.credentials, call, stop);
    if (response.status != 200) fail_refused(question, doing, response);
    return parsed(base::Secret(std::move(response.body)), doing);
  }

  const SecretsOptions options;
  Service service;
};

Secrets::Secrets(SecretsOptions options, const base::Clock& clock)
    : state_(std::make_unique<State>(std::move(options), clock)) {}

Secrets::~Secrets() = default;

base::Secret Secrets::secret(const std::string& name_or_arn, std::stop_token stop) const {
  const auto answer = state_->ask({.service = "secretsmanager",
                                   .people = "Secrets Manager",
                                   .target = "secretsmanager.GetSecretValue",
                                   .right = "secretsmanager:GetSecretValue",
                                   .name = name_or_arn,
                                   .body = {{"SecretId", name_or_arn}}},
                                  state_->options.secretsmanager_endpoint, std::move(stop));
  std::string text = text_of(answer, "SecretString");
  if (text.empty())
    base::fail(ErrorKind::config, "the secret {} of Secrets Manager {}; store it as text or JSON",
               base::quoted(name_or_arn, 300), answer.contains("SecretBinary") ? "is binary" : "is empty");
  return base::Secret(std::move(text));
}

base::Secret Secrets::parameter(const std::string& name_or_arn, std::stop_token stop) const {
  const auto answer = state_->ask({.service = "ssm",
                                   .people = "the Parameter Store",
                                   .target = "AmazonSSM.GetParameter",
                                   .right = "ssm:GetParameter",
                                   .name = name_or_arn,
                                   .body = {{"Name", name_or_arn}, {"WithDecryption", true}}},
                                  state_->options.ssm_endpoint, std::move(stop));
  std::string text = answer.is_object() && answer.contains("Parameter") ? text_of(answer["Parameter"], "Value") : "";
  if (text.empty())
    base::fail(ErrorKind::config, "the parameter {} is empty", base::quoted(name_or_arn, 300));
  return base::Secret(std::move(text));
}

}  // namespace tabferry::aws
