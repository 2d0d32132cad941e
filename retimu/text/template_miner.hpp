// SPDX-License-Identifier: Apache-2.0
// Which log lines say the same: signatures that differ only in what turned out to vary are one
// template. Learns as it goes and needs no expressions of a system.
//
// A line's template is found by the hash of its signature. Only a signature that was never seen is
// learned: it joins the siblings that differ in one word (siblings.hpp), or in the values of
// key=value (value_dumps.hpp), once what differs counts as a variable. The merged signature is
// learned like another, so several variables of a template are found one after another.
//
// An id is the hash of a signature, the same in every process. Templates merge and never part: the
// group goes by the id that had more lines, of equal ones the smaller, and says so in merges().
//
// Cost: a known signature about 30 ns, a new one 2 us, or 30 us where it has 100 words. Memory: 1
// to 3 KB a template. When one of Templates, Siblings and ValueDumps is full (40 MB in the worst
// streams that were tried), half is forgotten, what was not used for longest; that stops it for 10
// to 20 ms. Blind to: a variable first word with fewer than 64 values; two statements whose words
// vary alike
// ("Started X", "Stopped X" stay apart, as do the few values of one that is seen nowhere else);
// variables of several words. Where two words vary at once and few of their combinations were seen,
// the order of lines may matter.
#ifndef RETIMU_TEXT_TEMPLATE_MINER_HPP
#define RETIMU_TEXT_TEMPLATE_MINER_HPP

#include "retimu/core/state.hpp"
#include "retimu/text/siblings.hpp"
#include "retimu/text/templates.hpp"
#include "retimu/text/value_dumps.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retimu {

class TemplateMiner {
 public:
  static constexpr std::size_t assigned_max =
      65'536;  // signatures known besides the templates' own

  // The template that the signature belongs to; none if it is to be learned.
  std::optional<TemplateId> find(const Signature& signature) const;
  // The template that learn() would add one to that find() does not know; none if that would be a
  // new one.
  std::optional<TemplateId> fit(const Signature& signature);
  // Learns one that find() does not know; gives its template.
  TemplateId learn(const Signature& signature);
  // Learns several in an order of their own, so that it does not matter in which order they come.
  void learn(std::vector<Sample> samples);
  // So many lines of a template were seen. Of an id that is not known: nothing.
  void count(TemplateId id, std::uint64_t lines);
  // find, else learn, and count one line.
  TemplateId add(const Signature& signature);

  // What a template is called now: itself if it was not merged, or is not known.
  TemplateId root(TemplateId id) const;
  // Its text with <*> over what varies; empty if it is not known.
  std::string text(TemplateId id) const;
  std::uint64_t lines(TemplateId id) const;
  std::size_t templates() const { return templates_.groups(); }
  std::size_t bytes() const;  // of memory

  // Since they were cleared, in their order; at most Templates::merges_max, later ones are not
  // kept.
  std::span<const TemplateMerge> merges() const { return templates_.merges(); }
  void clear_merges() { templates_.clear_merges(); }

  void visit(StateVisitor& visitor);

 private:
  std::uint32_t place_of(const Signature& signature) const;
  std::uint32_t learn_place(const Signature& signature);
  std::uint32_t join(const Signature& signature);
  void connect(std::uint32_t member);
  void settle();
  void merge(std::uint32_t node);
  void connect_values(std::uint32_t member);
  void add_generalised(std::uint32_t member, std::span<const std::uint32_t> positions);
  void assign(std::uint64_t hash, std::uint32_t place);
  void make_room();

  Templates templates_;
  Siblings siblings_;
  ValueDumps values_;
  // Signatures that joined a template without being one: those of late, and those before them.
  FlatMap recent_, earlier_;
  std::vector<std::uint32_t> unconnected_;  // to be connected
  std::vector<std::uint32_t> ready_;        // nodes to be looked at
  std::vector<Item> generalised_;
};

}  // namespace retimu

#endif
