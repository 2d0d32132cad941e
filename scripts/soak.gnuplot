# SPDX-License-Identifier: Apache-2.0
# The picture of a soak: gnuplot -e "table='soak.tsv'; picture='soak.png'" scripts/soak.gnuplot
set terminal pngcairo size 1400,1000 font "Sans,11"
set output picture
set datafile separator "\t"
set key autotitle columnhead
set multiplot layout 5,1 margins 0.08,0.97,0.06,0.96 spacing 0.02,0.035
set grid xtics ytics linecolor rgb "#DDDDDD"
set key at graph 1, graph 1.16 right top horizontal samplen 2 font ",10"
set format x ""
set yrange [0:*]
set ylabel "MiB"
plot table using (column("seconds")/60):(column("resident_kib")/1024) with lines linewidth 2 \
       linecolor rgb "#0072B2" title "resident memory", \
     table using (column("seconds")/60):(column("anonymous_kib")/1024) with lines linewidth 1 \
       linecolor rgb "#56B4E9" title "of it anonymous"
set ylabel "events/s"
before = NaN; then = NaN
rate(seconds, records) = (value = (records - before)/(seconds - then), before = records, \
                          then = seconds, value)
plot table using (column("seconds")/60):(rate(column("seconds"), column("records"))) with lines \
       linecolor rgb "#009E73" title "judged"
set ylabel "s"
plot table using (column("seconds")/60):(column("lag_s")) with lines linecolor rgb "#D55E00" \
       title "behind the clock on the wall"
set ylabel "ms"
plot table using (column("seconds")/60):(1000*column("p99_s")) with lines linewidth 2 \
       linecolor rgb "#CC79A7" title "p99 from reading to commit, since the start", \
     table using (column("seconds")/60):(1000*column("p50_s")) with lines \
       linecolor rgb "#555555" title "p50"
set ylabel "MiB"
set xlabel "minutes"
set format x "%g"
plot table using (column("seconds")/60):(column("stored_bytes")/2**20) with lines linewidth 2 \
       linecolor rgb "#0072B2" title "data\\_dir", \
     table using (column("seconds")/60):(column("journal_bytes")/2**20) with lines \
       linecolor rgb "#E69F00" title "journal", \
     table using (column("seconds")/60):(column("segments_bytes")/2**20) with lines \
       linecolor rgb "#009E73" title "segments"
unset multiplot
