package io.souffleur.scheduler;

import io.souffleur.contracts.memory.CacheLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a division of memory takes, row by row, and the same in words. */
final class MemoryTable {
  private record Row(String name, long bytes, String detail) {}

  private final MemoryNeeds needs;
  private final MemoryBudget budget;
  private final int running;
  private final long tokens;
  private final List<Row> rows = new ArrayList<>();

  MemoryTable(
      MemoryNeeds needs,
      MemoryBudget budget,
      MemoryStates states,
      int running,
      int pages,
      int slots) {
    this.needs = needs;
    this.budget = budget;
    this.running = running;
    CacheLayout layout = needs.layout();
    this.tokens = (long) pages * layout.pageTokens();
    rows.add(new Row("weights", needs.weightBytes(), "packed panels"));
    rows.add(new Row(
        "KV cache",
        pages * layout.pageBytes(),
        count(tokens) + " tokens in " + count(pages) + " pages of " + layout.pageTokens()));
    if (slots > 0) {
      int own = states.slotsPerRequest() * running;
      rows.add(new Row(
          "states",
          own * layout.slotBytes(),
          count(own) + " slots of " + size(layout.slotBytes()) + ", "
              + (states.slotsPerRequest() == 2
                  ? "two per running request"
                  : "one per running" + " request")));
      rows.add(new Row(
          "checkpoints",
          (slots - own) * layout.slotBytes(),
          slots == own
              ? "nothing is kept for other requests"
              : count(slots - own) + " slots for kept prefixes"));
    }
    rows.add(new Row(
        "step buffers",
        needs.step().bytes(running),
        count(running + needs.step().prefillRows()) + " rows, " + count(running)
            + " of them with logits"));
    for (MemoryNeeds.Other other : needs.others()) {
      rows.add(new Row(other.name(), other.bytes().of(running, pages), ""));
    }
  }

  /** Everything together. */
  long allBytes() {
    return rows.stream().mapToLong(Row::bytes).sum();
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("memory plan: " + size(budget.totalBytes()) + " in all, "
        + size(budget.availableBytes()) + " available"
        + (budget.storeFreeBytes() == MemoryBudget.UNBOUNDED
            ? ""
            : ", " + size(budget.storeFreeBytes()) + " of shared memory free"));
    rows.forEach(row -> lines.add(line(row)));
    lines.add(line(new Row("together", allBytes(), "")));
    lines.add("  " + count(running) + (running == 1 ? " request runs" : " requests run")
        + " at a time; one request may hold " + count(Math.min(tokens, needs.contextLength()))
        + " tokens (context " + count(needs.contextLength()) + ")");
    return List.copyOf(lines);
  }

  private static String line(Row row) {
    return String.format(
            Locale.ROOT, "  %-13s%10s  %s", row.name(), size(row.bytes()), row.detail())
        .stripTrailing();
  }

  /** That the sum is beyond what this machine or container has. */
  String tooMuch(MemorySettings asked) {
    StringBuilder parts = new StringBuilder();
    for (Row row : rows) {
      parts
          .append(parts.isEmpty() ? "" : ", ")
          .append(row.name())
          .append(' ')
          .append(size(row.bytes()));
    }
    String change = asked.memFractionStatic().isPresent()
        ? "lower --mem-fraction-static " + asked.memFractionStatic().getAsDouble()
        : "ask for less";
    return "the memory plan takes " + size(allBytes()) + " of " + size(budget.totalBytes()) + " ("
        + parts + "): " + change;
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** Bytes with a binary unit and one digit after the point. */
  static String size(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (Math.abs(value) >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }
}
