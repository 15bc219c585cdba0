// imports/column_names.h: what people call our fields in their files. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "ingest/mapping.h"

namespace pursuit::imports {

/// A column's name without case, blanks, marks and Arabic vowel signs: "Created At" and
/// "created_at" are one.
[[nodiscard]] std::string normal_name(std::string_view name);

/// Whether a column of that name is probably the field.
[[nodiscard]] bool names_field(std::string_view column, ingest::Field field);

}  // namespace pursuit::imports
