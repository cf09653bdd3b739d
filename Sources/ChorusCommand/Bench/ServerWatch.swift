import NIOCore

/// What the server has used in a run.
package enum ServerReport: Sendable {
    /// Why it is not known.
    case unknown(String)
    case measured(ServerMeasurement)
}

/// What the processes of the server have used together.
package struct ServerMeasurement: Sendable {
    package var processes: [ServerProcess]
    /// In seconds, its processor time while the connections were opened.
    package var connectProcessorTime = 0.0
    /// In seconds, its processor time while messages were published and delivered, and how long that was.
    package var publishProcessorTime = 0.0
    package var publishTime = 0.0
    /// In bytes: before the first connection, with all of them, and the most that was seen.
    package var memoryBefore = 0
    package var memoryConnected = 0
    package var memoryMost = 0

    /// How many cores it has used while messages were published.
    package var cores: Double { publishTime > 0 ? publishProcessorTime / publishTime : 0 }
}

/// Looks at the server's processes in the course of a run.
struct ServerWatch {
    private var measurement: ServerMeasurement?
    private var reason = ""
    private var begin = ServerProcess.Usage()
    private var beginOfPublishing = NIODeadline.now()

    /// Throws when a process that was named cannot be looked at.
    init(_ options: BenchOptions, _ address: SocketAddress) throws(APIClient.Failure) {
        guard ServerProcess.isSupported else {
            reason = "it is measured on Linux only"
            return
        }
        var processes: [ServerProcess] = []
        for id in options.serverProcesses {
            guard let process = ServerProcess(id: id) else {
                throw APIClient.Failure(message: "--pid: there is no process \(id)", exit: Exit.usage)
            }
            processes.append(process)
        }
        if options.serverProcesses.isEmpty { processes = ServerProcess.listening(at: address) }
        if processes.isEmpty {
            reason = "no process of this machine that may be looked at listens there (--pid names one)"
        } else {
            measurement = ServerMeasurement(processes: processes)
        }
    }

    var report: ServerReport { measurement.map { .measured($0) } ?? .unknown(reason) }

    mutating func beginConnecting() {
        guard let usage = usage() else { return }
        begin = usage
        measurement?.memoryBefore = usage.memory
        // in case that it does not come further
        measurement?.memoryConnected = usage.memory
    }

    mutating func endConnecting() {
        guard let usage = usage() else { return }
        measurement?.connectProcessorTime = usage.processorTime - begin.processorTime
        measurement?.memoryConnected = usage.memory
    }

    mutating func allReceive() {
        if let usage = usage() { measurement?.memoryConnected = usage.memory }
    }

    mutating func beginPublishing() {
        guard let usage = usage() else { return }
        begin = usage
        beginOfPublishing = .now()
    }

    /// Looks at its memory.
    mutating func look() { _ = usage() }

    mutating func endPublishing() {
        guard let usage = usage() else { return }
        measurement?.publishProcessorTime = usage.processorTime - begin.processorTime
        measurement?.publishTime = (NIODeadline.now() - beginOfPublishing).seconds
    }

    /// Of all processes together; nil once one of them has ended.
    private mutating func usage() -> ServerProcess.Usage? {
        guard let processes = measurement?.processes else { return nil }
        var sum = ServerProcess.Usage()
        for process in processes {
            guard let usage = process.usage else {
                measurement = nil
                reason = "process \(process.id) (\(process.name)) has ended"
                return nil
            }
            sum.processorTime += usage.processorTime
            sum.memory += usage.memory
        }
        let most = max(measurement?.memoryMost ?? 0, sum.memory)
        measurement?.memoryMost = most
        return sum
    }
}
