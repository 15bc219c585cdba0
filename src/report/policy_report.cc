#include "report/policy_report.h"

#include "model/policy_toml.h"
#include "report/json_values.h"

namespace pursuit::report {

std::string policy_json(const model::Policy& policy) {
  Json json;
  json["valid"] = true;
  json["hash"] = model::policy_hash(policy);
  json["policy"] = model::resolved_toml(policy);
  return json_text(json);
}

std::string policy_error_json(const base::Error& error) {
  Json json;
  json["valid"] = false;
  json["where"] = error.where;
  json["message"] = error.message;
  return json_text(json);
}

}  // namespace pursuit::report
