import DequeModule

extension Deque {
    /// The index of the segment that holds a number, which must be held: the last one that does not begin after it.
    ///
    /// - Parameter first: where a segment begins; segments are in the order of that.
    func segment(holding number: UInt64, first: (Element) -> UInt64) -> Int {
        var low = 0
        var high = count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if first(self[middle]) <= number { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
