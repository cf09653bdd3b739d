import NIOCore

/// Publishes lines in their order: what has come while the server answered goes together.
struct PublishRun {
    private static let mostBytes = 256 << 10

    let encoder: LineEncoder
    let rate: Double?
    private var sender: BatchSender
    private var published = 0
    private var refused = 0
    private let started = ContinuousClock.now
    private var shown = ContinuousClock.now

    init(api: APIClient, encoder: LineEncoder, rate: Double?) {
        self.sender = BatchSender(api: api)
        self.encoder = encoder
        self.rate = rate
    }

    mutating func publish(_ lines: LineQueue) async throws -> PublishOutcome {
        // a tenth of a second's worth at once
        let most = rate.map { max(1, min(BatchSender.mostCommands, Int($0 / 10))) } ?? BatchSender.mostCommands
        var next = started
        while let batch = await lines.take(most, bytes: PublishRun.mostBytes) {
            if let rate {
                next = max(next, .now - .milliseconds(100))
                try await Task.sleep(until: next)
                next += .seconds(Double(batch.count) / rate)
            }
            do {
                try await publish(batch)
            } catch {
                Console.clearProgress()
                if published > 0 {
                    Console.say("\(published) lines were published, none of them after line \(batch.last?.number ?? 0)")
                }
                throw error
            }
            showProgress()
        }
        Console.clearProgress()
        return outcome(lines.ending)
    }

    private func outcome(_ ending: LineQueue.Ending) -> PublishOutcome {
        if let failure = ending.failure {
            Console.say("standard input cannot be read: \(failure)")
            return .failed(Exit.inputOutput)
        }
        let refused = refused + ending.skipped
        guard refused > 0 else { return .done }
        Console.say("\(refused) of \(published + refused) lines were not published")
        return .failed(1)
    }

    private mutating func publish(_ lines: [LineQueue.Line]) async throws {
        var commands: [(number: Int, command: ByteBuffer)] = []
        for line in lines {
            do throws(LineEncoder.Problem) {
                if encoder.isJSON, line.text.readableBytesView.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
                commands.append((line.number, try encoder.command(line.text, number: line.number)))
            } catch {
                refuse(line.number, error.description)
            }
        }
        var rest = commands[...]
        while !rest.isEmpty {
            for reply in try await sender.send(rest.map(\.command)) {
                guard let (number, _) = rest.popFirst() else { break }
                if let error = reply.error { refuse(number, error.message) } else { published += 1 }
            }
        }
    }

    private mutating func refuse(_ line: Int, _ reason: String) {
        refused += 1
        Console.say("line \(line) is not published: \(reason)")
    }

    private mutating func showProgress() {
        guard Console.isWatched, shown + .milliseconds(200) < .now else { return }
        shown = .now
        let seconds = (shown - started) / .seconds(1)
        Console.progress("\(published) published, \(Int(Double(published) / seconds)) a second")
    }
}
