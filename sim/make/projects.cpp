// The projects of a made site: five deep, with equal names below different parents.
#include "sim/make/making.h"
#include "sim/make/names.h"

namespace tabferry::sim::make {
namespace {

constexpr uint64_t kDeepest = 5;

// The tree while it grows, by the numbers of the projects.
struct Tree {
  std::vector<std::string> ids;
  std::vector<uint64_t> depths;  // 1 at the top
  std::vector<uint64_t> children;
  uint64_t at_top = 0;
};

// The number of the parent; absent at the top. The first five make one branch, so that the tree is always five deep.
std::optional<size_t> parent_of(const Tree& tree, Dice& dice) {
  if (tree.ids.empty()) return std::nullopt;
  if (tree.ids.size() < kDeepest) return tree.ids.size() - 1;
  const size_t parent = dice.below(tree.ids.size());
  if (tree.depths[parent] == kDeepest || dice.chance(20)) return std::nullopt;
  return parent;
}

std::string_view locking(Dice& dice) {
  if (dice.chance(80)) return "ManagedByOwner";
  return dice.chance(50) ? "LockedToProject" : "LockedToProjectWithoutNested";
}

void make_project(Making& making, Tree& tree) {
  const uint64_t number = tree.ids.size();
  Dice dice = making.dice(Kind::project, number);
  const auto parent = parent_of(tree, dice);
  const uint64_t among = parent ? tree.children[*parent]++ : tree.at_top++;
  const std::string name = name_of(Named::project, among + (parent ? *parent % 3 * 6 : 0)),
                    created = Making::past_time(dice);
  Item project = making.item(Kind::project, number);
  project.set("name", parent && *parent % 2 == 1 ? other_case(name) : name).set("description", description_of(number));
  project.set("createdAt", created).set("updatedAt", Making::later_than(created, dice));
  project.set("contentPermissions", locking(dice)).set("owner", making.any(Kind::user, dice));
  if (parent) project.set("parentProjectId", tree.ids[*parent]);
  tree.ids.push_back(making.put(std::move(project)));
  tree.depths.push_back(parent ? tree.depths[*parent] + 1 : 1);
  tree.children.push_back(0);
}

}  // namespace

void make_projects(Making& making) {
  Tree tree;
  for (uint64_t number = 0; number < making.counts().projects; ++number) make_project(making, tree);
}

}  // namespace tabferry::sim::make
