package io.souffleur.actors;

import io.souffleur.shard.RankSeat;
import io.souffleur.transport.FrontStepChannel;
import io.souffleur.transport.RankHello;
import io.souffleur.transport.StepAddress;
import io.souffleur.transport.TransportCounters;
import io.souffleur.transport.inproc.InProcLink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Ranks that do nothing by themselves: the test plays their part. */
final class FakeRanks implements RankLauncher, RankHost.Opener {
  final TransportCounters counters = new TransportCounters();
  private final Map<Integer, InProcLink> links = new ConcurrentHashMap<>();
  private final BlockingQueue<FakeRank> started = new LinkedBlockingQueue<>();

  RankHost host(RankHello expected) {
    return new RankHost(this, this, expected, Path.of("run"), Path.of("run", "driver"));
  }

  @Override
  public FrontStepChannel open(StepAddress address) {
    InProcLink link = InProcLink.open(address, counters, 1 << 16);
    links.put(address.incarnation(), link);
    return link.front();
  }

  @Override
  public RankLink launch(RankSeat seat, Consumer<RankExit> onExit) {
    FakeRank rank = new FakeRank(seat, links.get(seat.address().incarnation()), onExit);
    started.add(rank);
    return rank;
  }

  /** The rank that was started next. */
  FakeRank next() {
    try {
      FakeRank rank = started.poll(20, TimeUnit.SECONDS);
      if (rank == null) {
        throw new AssertionError("no rank was started within 20 s");
      }
      return rank;
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  static final class FakeRank implements RankLink {
    final RankSeat seat;
    final InProcLink link;
    private final Consumer<RankExit> onExit;
    private final AtomicBoolean dead = new AtomicBoolean();

    FakeRank(RankSeat seat, InProcLink link, Consumer<RankExit> onExit) {
      this.seat = seat;
      this.link = link;
      this.onExit = onExit;
    }

    void hello(RankHello hello) {
      link.rank().offerHello(hello);
    }

    void exit(int code) {
      if (dead.compareAndSet(false, true)) {
        onExit.accept(new RankExit(code, false));
      }
    }

    boolean dead() {
      return dead.get();
    }

    @Override
    public long pid() {
      return seat.address().incarnation();
    }

    @Override
    public void kill() {
      exit(137);
    }

    @Override
    public boolean awaitExit(Duration timeout) {
      return dead();
    }

    @Override
    public String lastWords() {
      return "";
    }
  }
}
