// api/write_scope.h: whether somebody may write a row: only of leads that they see, before it and
// after it. For the rows of one request, in order. One thread.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include "base/error.h"
#include "model/access.h"
#include "model/dimension.h"
#include "model/entry.h"
#include "service/service.h"

namespace pursuit::api {

class WriteScope {
 public:
  /// Both outlive it.
  WriteScope(service::Service& service, const model::Scope& scope)
      : service_(service), scope_(scope) {}

  /// Whether the row may be written; then it counts as written for those after it. A cost is of no
  /// lead, and so for who sees everything. kBusy, kStorage: the store cannot be asked.
  base::Result<bool> allows(const model::Row& row);

 private:
  using Dimensions = std::array<std::string, model::kDimensions>;
  /// Of a lead as it is now; nothing: there is none.
  base::Result<std::optional<Dimensions>> dimensions_of(const std::string& lead_id);
  [[nodiscard]] bool sees(const Dimensions& of) const;

  service::Service& service_;
  const model::Scope& scope_;
  std::map<std::string, Dimensions> written_;  // by rows before this one
};

}  // namespace pursuit::api
