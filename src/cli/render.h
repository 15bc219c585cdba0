// cli/render.h: what the commands answer, as text for a person. Pure functions, any thread.
#pragma once

#include <string>
#include <vector>

#include "cli/terminal.h"

#include "app/analyze.h"
#include "app/network.h"
#include "report/answers.h"
#include "report/explain.h"

namespace pursuit::cli {

/// The four questions and their answers.
[[nodiscard]] std::string render_answers(const engine::Engine& engine,
                                         const report::Answers& answers, const Terminal& terminal);

/// What was read, and where the results are.
[[nodiscard]] std::string render_account(const app::AnalyzeReport& report,
                                         const std::string& out_dir, const Terminal& terminal);

/// How many rows of which files were rejected and why; empty when none were.
[[nodiscard]] std::vector<std::string> render_rejects(const app::Network& network);

[[nodiscard]] std::string render_explanation(const engine::Engine& engine,
                                             const report::Explanation& explanation,
                                             const Terminal& terminal);

/// Leads in the order of a queue, with why they stand there.
[[nodiscard]] std::string render_queue(const engine::Engine& engine,
                                       const std::vector<base::LeadId>& leads,
                                       const Terminal& terminal, std::size_t indent);

}  // namespace pursuit::cli
