/// A small part of Chorus, ready to be run again and again: the package in `Benchmarks` measures how long it takes, and
/// `scripts/allocations` that it allocates no more than it may.
public struct MicroBenchmark: Sendable {
    /// What is done, and with what: `frame: write a text of 128 B`.
    public let name: String
    /// How many operations a run is: 1,000, or 1,000,000.
    public let operations: Int
    /// How often an operation may allocate, on average over a run.
    public let allocations: Double
    /// Makes what is needed; the result runs all operations once, and ends the program if they do not do what they
    /// should.
    public let prepare: @Sendable () throws -> () -> Void

    /// All of them, in the order in which they are shown.
    public static let all: [MicroBenchmark] =
        frames + reading + deflate + json + centrifuge + topics + delivery + membership + deadlines

    /// - Parameters:
    ///   - perCall: how many operations `body` is.
    ///   - prepare: makes what the operations change.
    init<State>(
        _ name: String,
        allocations: Double,
        operations: Int = 1000,
        perCall: Int = 1,
        _ prepare: @escaping @Sendable () throws -> State,
        body: @escaping @Sendable (inout State) -> Void
    ) {
        precondition(operations % perCall == 0, "a run of \(name) is no whole number of calls")
        self.name = name
        self.operations = operations
        self.allocations = allocations
        self.prepare = {
            var state = try prepare()
            return { MicroBenchmark.run(operations / perCall, &state, body) }
        }
    }

    /// A function, so that the state is exclusively its own once a run and not once an operation.
    private static func run<State>(_ times: Int, _ state: inout State, _ body: (inout State) -> Void) {
        for _ in 0..<times { body(&state) }
    }
}
