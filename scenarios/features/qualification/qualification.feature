# language: ja
機能: 資格の回答 | The qualification that is answered

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:living
  シナリオ: 有効な資格 | A living qualification
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-QUAL-08]

  @id:lost-without-successor @twin:qualification/living @twin:qualification/lost-with-successor
  シナリオ: 喪失して次の資格が届け出られていない | Lost, and no successor on file
    前提 保険者が「架空花子」の資格喪失を2026年3月1日付けで届け出る
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 資格は無効と回答される [OQS-QUAL-09]
    かつ 回答に資格喪失日2026年3月1日と事由『03』が示される [OQS-QUAL-17]

  @id:lost-with-successor
  シナリオ: 喪失後に次の資格があれば新しい資格が回答される | Lost with a successor: the card brings the new one
    前提 保険者が「架空花子」の資格喪失を2026年3月1日付けで届け出る
    かつ 新しい保険者が「架空花子」の資格取得を2026年3月1日付けで届け出る
      | 保険者番号 | 保険者名         | 記号 | 番号    | 枝番 |
      | 99060021   | 仮名健康保険組合 | 仮8  | 0004321 | 00   |
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-QUAL-06, OQS-QUAL-18]
    かつ 回答の保険者番号は『99060021』である [OQS-QUAL-06, OQS-QUAL-18]

  @id:day-of-loss @twin:qualification/day-before-loss
  シナリオ: 喪失日は資格のない最初の日 | The day of loss is the first day not covered
    前提 保険者が「架空花子」の資格喪失を2026年4月2日付けで届け出る
    かつ 日時は2026年4月2日0時0分である
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 資格は無効と回答される [OQS-QUAL-16]

  @id:day-before-loss
  シナリオ: 喪失日の前日の終わりまで有効 | Covered to the end of the day before
    前提 保険者が「架空花子」の資格喪失を2026年4月2日付けで届け出る
    かつ 日時は2026年4月1日23時59分である
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-QUAL-16]

  @id:feed-not-arrived @twin:qualification/feed-arrived
  シナリオ: 新しい保険者の届出がまだ届かない | The new insurer has not fed yet
    もし 「転職次郎」が「見本診療所」で顔認証により受付する
    ならば 資格は無効と回答される [OQS-INS-06, OQS-INS-10]

  @id:feed-arrived
  シナリオ: 届出が届けば紙の証を待たずに使える | Once fed, nobody waits for paper
    前提 新しい保険者が「転職次郎」の資格取得を2026年4月1日付けで届け出る
      | 保険者番号 | 保険者名         | 記号  | 番号    | 枝番 |
      | 99310019   | 架空共済組合     | 架11  | 0000911 | 00   |
    もし 「転職次郎」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-INS-05, OQS-INS-06]
    かつ 回答の番号は『0000911』である [OQS-INS-05]

  @id:repeated-feed
  シナリオ: 同じ届出が二度届いても変わらない | A record that arrives twice changes nothing
    もし 保険者が「架空花子」の資格喪失を2026年5月1日付けで届け出る
    かつ 保険者が直前の届出をもう一度送る
    ならば 届出は受け付けられる [OQS-INS-11]
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-INS-11]
    かつ 回答に資格喪失日2026年5月1日と事由『03』が示される [OQS-INS-11]

  @id:overlap
  シナリオ: 二つの資格が重なれば取得日の新しい方が回答される | Of two living qualifications the newer one
    前提 新しい保険者が「架空花子」の資格取得を2026年3月15日付けで届け出る
      | 保険者番号 | 保険者名         | 記号 | 番号    | 枝番 |
      | 99060021   | 仮名健康保険組合 | 仮8  | 0004321 | 00   |
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 回答の保険者番号は『99060021』である [OQS-QUAL-25, OQS-INS-10]

  @id:short-term-last-day
  シナリオ: 期限のある証（短期証など）の最後の日 | The last day of a short-term certificate
    前提 日時は2026年4月30日23時59分である
    もし 「短期九美」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-QUAL-22]

  @id:short-term-over @twin:qualification/short-term-last-day
  シナリオ: 期限のある証（短期証など）の期限の翌日 | The day after a short-term certificate ends
    前提 日時は2026年5月1日0時0分である
    もし 「短期九美」が「見本診療所」で顔認証により受付する
    ならば 資格は無効と回答される [OQS-QUAL-22]

  @id:late-elderly
  シナリオ: 後期高齢者の資格に記号と枝番はない | No symbol and no branch for the late elderly
    もし 「長寿キク」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-QUAL-19]
    かつ 回答に記号と枝番はない [OQS-QUAL-19]

  @id:six-digit-insurer
  シナリオ: 六桁の保険者番号 | A six-digit insurer number
    もし 「国保五郎」が「見本診療所」で顔認証により受付する
    ならば 回答の保険者番号は『990136』である [OQS-MSG-09]

  @id:foreign-name
  シナリオ: 全角の英字の氏名 | A name in full-width capitals
    もし 「ＳＡＭＰＬＥＪＯＨＮ」が「見本診療所」で顔認証により受付する
    ならば 回答の氏名は『ＳＡＭＰＬＥ　ＪＯＨＮ』である [OQS-QUAL-23]

  @id:leap-day
  シナリオ: 二月二十九日生まれ | Born on 29 February
    前提 日時は2027年2月28日9時30分である
    もし 「閏うるう」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-CERT-11]
    かつ 更新時期の案内が表示される [OQS-CERT-11]

  @id:address
  シナリオ: 住所が回答される | The address is given
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 回答に住所がある [OQS-PRIV-08]

  @id:address-withheld @twin:qualification/address
  シナリオ: 不開示の人の住所は回答されない | A withheld address is not given
    もし 「秘匿遥」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-PRIV-08]
    かつ 回答に住所はない [OQS-PRIV-08]

  @id:all-insurers
  シナリオ: どの種類の保険者の資格も回答される | Every kind of insurer is answered
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 回答の保険者番号は『99010017』である [OQS-INS-02, OQS-QUAL-05]
    もし 「仮名太郎」が「見本診療所」で顔認証により受付する
    ならば 回答の保険者番号は『99060021』である [OQS-INS-02, OQS-QUAL-05]
    もし 「国保五郎」が「見本診療所」で顔認証により受付する
    ならば 回答の保険者番号は『990136』である [OQS-INS-02, OQS-QUAL-05]
    もし 「長寿キク」が「見本診療所」で顔認証により受付する
    ならば 回答の保険者番号は『99390015』である [OQS-INS-02, OQS-QUAL-05]
    もし 「閏うるう」が「見本診療所」で顔認証により受付する
    ならば 回答の保険者番号は『99310019』である [OQS-INS-02, OQS-QUAL-05]
