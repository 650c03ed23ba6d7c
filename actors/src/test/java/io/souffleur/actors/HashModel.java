package io.souffleur.actors;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.shard.StepRunner;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A rank without mathematics: it keeps tokens in pages and a running hash in slots, and the next token is
 * a hash of both. One wrong page, one stale state, one step lost or done twice is a wrong token.
 *
 * <p>Sampling is left out: the seed of a seat enters the hash instead, so a wrong seat shows too.
 */
final class HashModel implements StepRunner {
  static final int VOCABULARY = 50_000;
  static final CacheLayout LAYOUT = new CacheLayout(16, 64, 64);

  private final MemorySegment pages;
  private final MemorySegment slots;
  private final Map<Integer, Seat> seats = new HashMap<>();

  private record Seat(long seed, List<Integer> pages) {}

  HashModel(MemorySegment pages, MemorySegment slots) {
    this.pages = pages;
    this.slots = slots;
  }

  /** In memory of this process. */
  static HashModel inMemory(CacheCapacity capacity) {
    return new HashModel(
        MemorySegment.ofArray(new long[capacity.pages() * 8]),
        MemorySegment.ofArray(new long[capacity.slots() * 8]));
  }

  /** What the model answers, computed without any cache. */
  static int[] expected(int[] prompt, long seed, int count) {
    long state = 0;
    long content = seed;
    int position = 0;
    for (int token : prompt) {
      state = mix(state, token, position);
      content = mix(content, token, position++);
    }
    int[] answer = new int[count];
    for (int i = 0; i < count; i++) {
      answer[i] = token(state, content);
      state = mix(state, answer[i], position);
      content = mix(content, answer[i], position++);
    }
    return answer;
  }

  @Override
  public void execute(StepPlan plan, StepResult result) {
    result.reset(plan);
    for (int i = 0; i < plan.dropCount(); i++) {
      seats.remove(plan.droppedSeat(i));
    }
    for (int i = 0; i < plan.admitCount(); i++) {
      seats.put(plan.admittedSeat(i), new Seat(plan.admittedSampling(i).seed(), new ArrayList<>()));
    }
    for (int i = 0; i < plan.pageCount(); i++) {
      seats.get(plan.pageSeat(i)).pages().add(plan.pageNumber(i));
    }
    for (int run = 0; run < plan.runCount(); run++) {
      execute(plan, run, result);
    }
  }

  private void execute(StepPlan plan, int run, StepResult result) {
    Seat seat = seats.get(plan.runSeat(run));
    int slot = plan.runReadSlot(run);
    long state = slot == StepPlan.NO_SLOT ? 0 : slots.get(ValueLayout.JAVA_LONG, slot * 64L);
    int position = plan.runFirstPosition(run);
    for (int i = plan.tokenStart(run); i < plan.tokenEnd(run); i++, position++) {
      pages.set(ValueLayout.JAVA_INT, address(seat, position), plan.token(i));
      state = mix(state, plan.token(i), position);
    }
    slots.set(ValueLayout.JAVA_LONG, plan.runWriteSlot(run) * 64L, state);
    if (plan.runDraws(run)) {
      long content = seat.seed();
      for (int i = 0; i < position; i++) {
        content = mix(content, pages.get(ValueLayout.JAVA_INT, address(seat, i)), i);
      }
      result.token(run, token(state, content));
    }
  }

  private static long address(Seat seat, int position) {
    int page = seat.pages().get(position / LAYOUT.pageTokens());
    return page * LAYOUT.pageBytes() + position % LAYOUT.pageTokens() * 4L;
  }

  private static int token(long state, long content) {
    return (int) Math.floorMod(state * 31 + content, (long) VOCABULARY);
  }

  private static long mix(long hash, int token, int position) {
    long mixed = (hash ^ token) * 0x9E3779B97F4A7C15L + position;
    return mixed ^ mixed >>> 29;
  }
}
