#include "cli/cli.h"

int main(int argc, char** argv) { return pursuit::cli::run(argc, argv); }
