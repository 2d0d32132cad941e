// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/configuration_topology.hpp"

#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using Edges = std::vector<TopologyEdge>;

Result<Configuration> with(const std::string& topology) {
  return parse_configuration(
      "[[source]]\ntype = \"file\"\npath = \"a.csv\"\n[topology]\n" + topology, "p.toml");
}

std::string wrong(const std::string& topology) {
  const Result<Configuration> configuration = with(topology);
  EXPECT_FALSE(configuration) << topology;
  return configuration ? std::string() : configuration.error().message;
}

Edges edges_of(std::string_view text) {
  Edges edges;
  const Result<void> parsed = parse_edges(text, "edges.csv", edges);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return edges;
}

std::string wrong_edges(std::string_view text) {
  Edges edges;
  const Result<void> parsed = parse_edges(text, "edges.csv", edges);
  return parsed ? std::string() : parsed.error().message;
}

TEST(TopologyConfiguration, HasEdgesHopsAndAWindow) {
  const auto configuration = with(
      "edges = [[\"switch1\", \"web1\"], [\"switch1\", \"web2\"]]\nhops = 1\nwindow = \"90s\"");
  ASSERT_TRUE(configuration) << configuration.error().message;
  EXPECT_EQ(configuration->topology.edges, (Edges{{"switch1", "web1"}, {"switch1", "web2"}}));
  EXPECT_EQ(configuration->topology.hops, 1U);
  EXPECT_EQ(configuration->topology.window, 90 * second);
  EXPECT_TRUE(configuration->tells_incidents);
}

TEST(TopologyConfiguration, MayHaveAFile) {
  TemporaryFolder folder;
  write_file(folder / "edges.csv", "from,to\nswitch1,web1\n");
  const auto configuration = with("edges = [[\"core\", \"switch1\"]]\nfile = \"" +
                                  std::string(folder / "edges.csv") + "\"");
  ASSERT_TRUE(configuration) << configuration.error().message;
  EXPECT_EQ(configuration->topology.edges, (Edges{{"core", "switch1"}, {"switch1", "web1"}}));
}

// A data_dir goes on with another one.
TEST(TopologyConfiguration, IsNoPartOfWhatIsJudged) {
  const auto one = with("edges = [[\"a\", \"b\"]]"), other = with("hops = 3");
  ASSERT_TRUE(one && other);
  EXPECT_EQ(judging_text(*one), judging_text(*other));
}

TEST(TopologyConfiguration, SaysWhatIsWrongAndWhere) {
  EXPECT_TRUE(wrong("edges = [[\"a\", \"b\"], [\"c\"]]").starts_with("p.toml:5:22: an edge is"));
  EXPECT_TRUE(wrong("edges = [[\"a\", 5]]").starts_with("p.toml:5:10: an edge is"));
  EXPECT_TRUE(wrong("edges = [[\"a\", \"\"]]").starts_with("p.toml:5:10: an edge is"));
  EXPECT_TRUE(wrong("edges = \"a b\"").starts_with("p.toml:5:9: edges must be"));
  EXPECT_TRUE(wrong("hops = 0").starts_with("p.toml:5:8: hops must be"));
  EXPECT_TRUE(wrong("window = \"0s\"").starts_with("p.toml:5:10: window must be"));
  EXPECT_NE(wrong("edge = []").find("did you mean \"edges\"?"), std::string::npos);
  EXPECT_TRUE(wrong("file = \"/no/such.csv\"").starts_with("/no/such.csv: cannot be read: "));
  EXPECT_FALSE(wrong("file = \"/\"").empty());
}

TEST(EdgeFile, HasPairsOfNames) {
  const Edges expected = {{"a", "b"}, {"a", "c d"}};
  EXPECT_EQ(edges_of("a,b\na,c d\n"), expected);
  EXPECT_EQ(edges_of("From,To\r\na,b\r\n\r\n# old\r\na , c d"), expected);
  EXPECT_EQ(edges_of("\xEF\xBB\xBFsource;target\na;b\n\"a\";\"c d\""), expected);
  EXPECT_EQ(edges_of("a\tb\na\tc d\n"), expected);
  EXPECT_EQ(edges_of("\"x, y\",z\n"), (Edges{{"x, y", "z"}}));
  EXPECT_TRUE(edges_of("").empty());
}

TEST(EdgeFile, SaysWhichLineIsWrong) {
  EXPECT_TRUE(wrong_edges("from,to\na,b\nc\n").starts_with("edges.csv:3: not an edge"));
  EXPECT_TRUE(wrong_edges("a,b,c\n").starts_with("edges.csv:1: not an edge"));
  EXPECT_TRUE(wrong_edges("a,b\n\na,\n").starts_with("edges.csv:3: not an edge"));
  EXPECT_TRUE(wrong_edges("\"a,b\n").starts_with("edges.csv:1: not an edge"));
}

}  // namespace
}  // namespace retimu
